import { joinedGroups } from "../lib";
import type { JoinedGroup } from "../lib/host/igmp-table";
import type { LocalInterface } from "../lib/host/interfaces";
import { multicast } from "../lib/process";
import { EXIT, type Exit, type Run } from "./run";

/** Prints the interfaces of this host, and what is joined on each of them. */
export async function groups(run: Run): Promise<Exit> {
  const joined = joinedGroups();
  process.stdout.write(tableOf(rowsOf(multicast.network().interfaces, joined ?? []), process.stdout.isTTY));
  if (!joined) run.tell("this system tells no program what is joined: these are its interfaces and their addresses");
  return EXIT.done;
}

type Row = readonly string[];

const HEADING: Row = ["INTERFACE", "HAS", "ADDRESS", "SOCKETS"];

// An interface that is down has no addresses that could be listed, but may have groups.
function rowsOf(interfaces: readonly LocalInterface[], joined: readonly JoinedGroup[]): readonly Row[] {
  const names = new Set([...interfaces, ...joined.map((each) => ({ name: each.interface }))].map(({ name }) => name));
  return [...names].flatMap((name) => [
    ...interfaces
      .filter((local) => local.name === name)
      .flatMap(({ addresses }) => addresses.map(({ address, cidr }) => [name, "address", cidr ?? address])),
    ...joined.filter((each) => each.interface === name).map(({ group, sockets }) => [name, "group", group, `${sockets}`]),
  ]);
}

// For a person with a heading and in columns; for a program with neither, each row alike: tabs between.
function tableOf(rows: readonly Row[], isForPeople: boolean): string {
  const table = isForPeople ? [HEADING, ...rows] : rows;
  const widths = HEADING.map((_heading, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const lines = table.map((row) =>
    isForPeople
      ? row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join("  ")
          .trimEnd()
      : row.join("\t"),
  );
  return lines.map((line) => `${line}\n`).join("");
}
