import type { JoinedGroup } from "../../lib/host/igmp-table";
import type { LocalInterface } from "../../lib/host/interfaces";
import { multicast } from "../../lib/process-wide/multicast";
import { jsonLine } from "../datagram-format";
import { EXIT } from "../run";
import { printable } from "../terminal-text";
import type { Action } from "../verb";

/** Prints the interfaces of this host, and the groups that are joined on each of them. */
export const groups: Action = async ({ flags }, run) => {
  const joined = multicast.joinedGroups;
  const { interfaces, unlisted } = multicast.network();
  const entries = entriesOf(interfaces, joined ?? []);
  if (flags.has("json")) run.output.print(entries.map(jsonLine).join(""));
  else
    run.output.print(process.stdout.isTTY ? columns(entries.map(rowOf)) : entries.map((entry) => `${rowOf(entry).join("\t")}\n`).join(""));
  if (unlisted) run.report(`this system does not list its interfaces (${unlisted.details.errno}); only joined groups are shown`);
  if (!joined) run.report("this system does not list joined groups; only interfaces and addresses are shown");
  return EXIT.done;
};

type Entry = { readonly interface: string } & ({ readonly address: string } | { readonly group: string; readonly sockets: number });
type Row = readonly string[];

const HEADING: Row = ["INTERFACE", "HAS", "ADDRESS", "SOCKETS"];

// Returns the interfaces with their groups. An interface that is down has no listed addresses, but may have groups.
function entriesOf(interfaces: readonly LocalInterface[], joined: readonly JoinedGroup[]): readonly Entry[] {
  const names = new Set([...interfaces, ...joined.map((each) => ({ name: each.interface }))].map(({ name }) => name));
  return [...names].flatMap((name) => [
    ...interfaces
      .filter((local) => local.name === name)
      .flatMap(({ addresses }) => addresses.map(({ address, cidr }) => ({ interface: name, address: cidr ?? address }))),
    ...joined.filter((each) => each.interface === name).map(({ group, sockets }) => ({ interface: name, group, sockets })),
  ]);
}

function rowOf(entry: Entry): Row {
  const name = printable(entry.interface);
  return "group" in entry ? [name, "group", entry.group, `${entry.sockets}`] : [name, "address", entry.address];
}

function columns(rows: readonly Row[]): string {
  const table = [HEADING, ...rows];
  const widths = HEADING.map((_heading, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const lines = table.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "));
  return lines.map((line) => `${line.trimEnd()}\n`).join("");
}
