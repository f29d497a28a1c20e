import { doctorOptions, type Examination, examine } from "../../src/lib/diagnostics/examination";
import type { Finding, FindingId, Level } from "../../src/lib/diagnostics/finding";
import { Multicast } from "../../src/lib/multicast";
import type { Fields } from "../../src/lib/options/options";
import { ipv4, TestSystem } from "./test-system";

/** A host with the interfaces lo and eth0, 192.168.1.5, whose files a test adds to. */
export function hostWith(files: Readonly<Record<string, string>> = {}): TestSystem {
  const system = new TestSystem({ lo: [ipv4("127.0.0.1/8", true)], eth0: [ipv4("192.168.1.5/24")] });
  system.files = {
    "/proc/net/dev": "  lo: 0\neth0: 0\n",
    ...card("lo", { flags: "0x1009" }),
    ...card("eth0"),
    "/proc/version": "Linux",
    ...files,
  };
  return system;
}

/** The files of an interface that is up, has a carrier and carries multicast, or as a test says. */
export function card(name: string, facts: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const all = { flags: "0x1003", carrier: "1", type: "1", ...facts };
  return Object.fromEntries(Object.entries(all).map(([file, text]) => [`/sys/class/net/${name}/${file}`, `${text}\n`]));
}

/** Takes in a system as the doctor does. */
export function examined(system: TestSystem, fields: Fields = {}): Examination {
  return examine(new Multicast(system), doctorOptions({ group: "239.255.1.1", port: 5000, ...fields }));
}

/** The level of each finding; the finding that is looked for must be there once. */
export function levelOf(findings: readonly Finding[], id: FindingId): Level {
  return one(findings, id).level;
}

export function one(findings: readonly Finding[], id: FindingId): Finding {
  const [found, ...more] = findings.filter((each) => each.id === id);
  if (!found || more.length > 0) throw new Error(`${more.length + (found ? 1 : 0)} findings are ${id}`);
  return found;
}
