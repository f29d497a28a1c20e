import type { Group } from "../address";
import { chooseInterfaces, usableFor } from "../host/interface-choice";
import { hasFamily, type LocalInterface, type NetworkSnapshot } from "../host/interfaces";
import { type LinkFacts, linkFacts } from "../host/link";
import { hasOwnSysfs, interfaceNames } from "../host/own-sysfs";
import { platformOf } from "../host/platform";
import type { Multicast } from "../multicast";
import { DEFAULTS, type Fields, type InterfaceChoice, joinOptions } from "../options/options";
import type { Finding } from "./finding";

/** The group, port and interfaces to examine. */
export interface DoctorOptions {
  readonly group: Group;
  readonly port: number;
  /** The chosen interfaces; undefined for every usable one. */
  readonly iface: InterfaceChoice | undefined;
}

/** The options, and this host as it is now. */
export interface Examination extends DoctorOptions {
  readonly multicast: Multicast;
  readonly network: NetworkSnapshot;
  /** True if `/proc` and `/sys` describe this host. */
  readonly hasProcTables: boolean;
  /** The interfaces that can carry multicast of the group's family to a LAN. */
  readonly usable: readonly LocalInterface[];
  /** The interfaces to test: the chosen ones, else the usable ones, else the loopback interface. */
  readonly tested: readonly LocalInterface[];
  /** Every interface of this host by name, also those without an address. Empty if the system does not list them, or if `/sys` shows another network namespace. */
  readonly links: ReadonlyMap<string, LinkFacts>;
}

/** Examines one family of facts. */
export type Examiner = (examination: Examination) => readonly Finding[] | Promise<readonly Finding[]>;

/** Reads `group` (224.0.0.1), `port` (59559) and `iface` (every usable interface). Throws a McastError that names the field. */
export function doctorOptions({ group = DEFAULTS.group, port, iface }: Fields): DoctorOptions {
  const isOpen = iface === undefined || iface === null || iface === "";
  const join = joinOptions({ group, port, iface });
  // A group with a zone chooses its interface.
  return { group: join.group, port: join.port, iface: isOpen && join.zone === undefined ? undefined : join.iface };
}

/** Reads the state of this host. */
export function examine(multicast: Multicast, options: DoctorOptions): Examination {
  const network = multicast.network();
  const usable = usableFor(options.group.family, network);
  const hasProcTables = platformOf(network.system.platform).hasProcTables;
  const links = hasProcTables ? linksOf(network) : new Map();
  return { ...options, multicast, network, hasProcTables, usable, tested: testedOf(options, network, usable), links };
}

function testedOf({ group, iface }: DoctorOptions, network: NetworkSnapshot, usable: readonly LocalInterface[]): readonly LocalInterface[] {
  const { interfaces } = network;
  if (iface !== undefined) {
    const names = chooseInterfaces(iface, group, [], network).targets.map(({ name }) => name);
    return interfaces.filter(({ name }) => names.includes(name));
  }
  return usable.length > 0 ? usable : interfaces.filter((local) => local.internal && hasFamily(local, group.family));
}

function linksOf({ system }: NetworkSnapshot): ReadonlyMap<string, LinkFacts> {
  if (!hasOwnSysfs(system)) return new Map();
  return new Map(
    (interfaceNames(system) ?? []).flatMap((name) => {
      const facts = linkFacts(system, name);
      return facts ? [[name, facts] as const] : [];
    }),
  );
}
