import { errnoOf, McastError } from "../errors";
import { isBridgedContainer } from "./container";
import { type ListedInterface, type LocalInterface, listInterfaces, type NetworkSnapshot } from "./interfaces";
import { type LinkFacts, linkFacts } from "./link";
import { platformOf } from "./platform";
import { linksOf } from "./shared-links";
import type { System } from "./system";

// The age up to which facts of interfaces are used. Flags and stacking change seldom, and reading them takes 0.15 ms for each
// interface (measured on Linux 6.18).
const FACTS_MS = 30_000;

/** Takes snapshots of the network. A snapshot stays the same object while nothing in it changes. */
export class NetworkObserver {
  readonly #system: System;
  #snapshot: NetworkSnapshot;
  #listed = "";
  #described = "";
  #factsAt = Number.NEGATIVE_INFINITY;

  constructor(system: System) {
    this.#system = system;
    this.#snapshot = { system, interfaces: [], unlisted: undefined };
  }

  get snapshot(): NetworkSnapshot {
    return this.#snapshot;
  }

  /**
   * Returns the network as it is now. If the system does not list its interfaces this time, for example because no descriptor is
   * free, the last list stays. If it never did, the snapshot has the reason.
   */
  refresh(): NetworkSnapshot {
    const now = this.#system.now();
    const listed = this.#list();
    if (!listed) return this.#snapshot;
    const text = JSON.stringify(listed);
    if (text === this.#listed && now - this.#factsAt < FACTS_MS) return this.#snapshot;
    this.#listed = text;
    this.#factsAt = now;
    this.#take(describe(listed, this.#system));
    return this.#snapshot;
  }

  #list(): readonly ListedInterface[] | undefined {
    try {
      return listInterfaces(this.#system);
    } catch (error) {
      if (this.#listed === "") {
        const unlisted = new McastError("interfaces-unlisted", { errno: errnoOf(error) }, error);
        if (unlisted.message !== this.#snapshot.unlisted?.message) this.#snapshot = { system: this.#system, interfaces: [], unlisted };
      }
      return undefined;
    }
  }

  #take(interfaces: readonly LocalInterface[]): void {
    const text = JSON.stringify(interfaces);
    if (text === this.#described && !this.#snapshot.unlisted) return;
    this.#described = text;
    this.#snapshot = { system: this.#system, interfaces, unlisted: undefined };
  }
}

function describe(listed: readonly ListedInterface[], system: System): readonly LocalInterface[] {
  const facts = factsOf(listed, system);
  const links = linksOf(listed, facts);
  return listed.map(({ name, internal, addresses }) => ({
    name,
    internal,
    isMulticast: facts.get(name)?.isMulticast ?? true,
    isWireless: facts.get(name)?.isWireless ?? false,
    isBridged: !internal && isBridgedContainer(system, { name, addresses }),
    link: links.find((names) => names.includes(name))?.[0] ?? name,
    ...partOf(name, facts),
    addresses,
  }));
}

function partOf(name: string, facts: ReadonlyMap<string, LinkFacts>): { readonly partOf?: string } {
  const master = facts.get(name)?.master;
  return master !== undefined && facts.get(master)?.joinsParts ? { partOf: master } : {};
}

// Returns the facts of the listed interfaces, and of the interfaces below them, which are not listed if they have no address.
function factsOf(listed: readonly ListedInterface[], system: System): ReadonlyMap<string, LinkFacts> {
  const found = new Map<string, LinkFacts>();
  if (!platformOf(system.platform).hasProcTables) return found;
  const macs = new Map(listed.map(({ name, mac }) => [name, mac]));
  const ahead = [...macs.keys()];
  for (let name = ahead.pop(); name !== undefined; name = ahead.pop()) {
    if (found.has(name)) continue;
    const facts = linkFacts(system, name, macs.get(name));
    if (!facts) continue;
    found.set(name, facts);
    ahead.push(...facts.lower, ...(facts.master === undefined ? [] : [facts.master]));
  }
  return found;
}
