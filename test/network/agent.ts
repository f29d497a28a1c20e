/**
 * A program that uses the library on a host of the lab. It takes orders as lines of JSON and reports what it hears, and how its
 * memberships stand, and when its heart beats, in lines of JSON. Traits: `quick` lets its timers run ten times as fast; `no-inet6` has the system refuse
 * AF_INET6 sockets. The trait `no-netlink` is the lab's: it starts this program without AF_NETLINK.
 */
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { McastError } from "../../src/lib/errors";
import { GroupSubscription } from "../../src/lib/group-subscription";
import { type RemoteInfo, type System, system } from "../../src/lib/host/system";
import { Multicast } from "../../src/lib/multicast";
import { type Destination, destination, type Fields, hearOptions, joinOptions, recvOptions } from "../../src/lib/options/options";
import type { Membership } from "../../src/lib/receive/membership";
import { LoopGuard } from "../../src/lib/relay/loop-guard";
import { Relay } from "../../src/lib/relay/relay";
import type { Sealer } from "../../src/lib/sealed/sealer";
import { readSealing } from "../../src/lib/sealed/sealing-options";
import type { Arrival } from "../../src/lib/sockets/socket-listener";
import type { State, Working } from "../../src/lib/state";
import { systemRefusal } from "../support/test-system";

export type Order =
  | { readonly do: "join"; readonly fields: Fields }
  | { readonly do: "recv"; readonly fields: Fields }
  | { readonly do: "relay"; readonly fields: Fields }
  | { readonly do: "leave"; readonly membership: number }
  | { readonly do: "say"; readonly fields: readonly Fields[]; readonly text: string }
  | ({ readonly do: "flood" } & Flood)
  | { readonly do: "nothing" };

/** Datagrams that are numbered from 1 on. */
export interface Flood {
  readonly fields: Fields;
  readonly count: number;
  /** Bytes of each, at least. */
  readonly size?: number;
  /** The payload of each, instead of its number. */
  readonly text?: string;
  /** Datagrams a second; as many as the system takes, where it is missing. */
  readonly rate?: number;
}

export interface Answer {
  readonly id: number;
  readonly error?: string;
}

export interface Heard {
  readonly text: string;
  /** Missing for unicast. */
  readonly group?: string;
  readonly interface?: string;
  readonly from: string;
  readonly fromPort: number;
}

const traits = process.argv.slice(2);
const memberships = new Map<number, Membership>();
const subscriptions: GroupSubscription[] = [];
const relays: Relay[] = [];
const sealers = new Map<string, Sealer>();
const warned = new Set<number>();
const loopGuard = new LoopGuard();
const multicast = new Multicast(withTraits());
const sender = multicast.sender({ onState: (state) => report({ of: 0, state: words(state) }), onReply: hear });

createInterface(process.stdin)
  .on("line", (line) => obey(JSON.parse(line)))
  .on("close", close);
report({ ready: true });

function obey(order: Order & { readonly id: number }): void {
  const { id } = order;
  const answer = (error?: unknown): void => report({ id, ...(error instanceof Error ? { error: error.message } : {}) });
  try {
    switch (order.do) {
      case "join":
        return join(id, order.fields, answer);
      case "recv":
        return recv(id, order.fields, answer);
      case "relay":
        return relay(id, order.fields, answer);
      case "leave":
        void memberships.get(order.membership)?.leave().then(answer);
        return;
      case "say":
        return say(order.fields, Buffer.from(order.text), answer);
      case "flood":
        void flood(order).then(answer, answer);
        return;
      case "nothing":
        return answer();
    }
  } catch (error) {
    if (!(error instanceof McastError)) throw error;
    answer(error);
  }
}

function join(id: number, fields: Fields, answer: () => void): void {
  const [options, sealing] = [joinOptions(fields), readSealing(fields)];
  const listener = { onDatagram: hear, onState: (state: State) => report({ of: id, state: words(state) }) };
  const membership = multicast.join(options, listener, sealing && multicast.sealedGroup(options, sealing));
  memberships.set(id, membership);
  report({ of: id, state: words(membership.state) });
  answer();
}

// Does what a recv node does.
function recv(id: number, fields: Fields, answer: () => void): void {
  const options = recvOptions(fields);
  const subscription = new GroupSubscription(
    multicast,
    { onDatagram: hear, onState: (state) => report({ of: id, state: words(state) }) },
    { ...options, sealing: readSealing(fields) },
  );
  subscriptions.push(subscription);
  subscription.join(options.joins);
  report({ of: id, state: words(subscription.state) });
  answer();
}

function relay(id: number, fields: Fields, answer: () => void): void {
  const made = new Relay(
    { multicast, loopGuard },
    { ...hearOptions(fields), sealing: readSealing(fields) },
    {
      onDatagram: hear,
      onState: (state) => {
        const loop = "warnings" in state ? state.warnings.find(({ reason }) => reason === "relay-loop") : undefined;
        if (loop && !warned.has(id)) report({ warning: loop.message });
        if (loop) warned.add(id);
        report({ of: id, state: words(state) });
      },
    },
  );
  relays.push(made);
  report({ of: id, state: words(made.state) });
  answer();
}

function hear(payload: Buffer, { address, port }: RemoteInfo, { group, interface: name }: Arrival): void {
  report({ heard: { text: payload.toString(), group, interface: name, from: address, fromPort: port } });
}

function say(fields: readonly Fields[], bytes: Buffer, answer: (error?: unknown) => void): void {
  const destinations = fields.map((each): [Fields, Destination] => [each, destination(each)]);
  let left = destinations.length;
  let refusal: unknown;
  for (const [each, to] of destinations) {
    sender.send(to, sealed(each, to, bytes), (error) => {
      refusal ??= error;
      left -= 1;
      if (left === 0) answer(refusal);
    });
  }
}

// With the field `key`, the bytes as one sealer for each key seals them.
function sealed({ key, freshness }: Fields, { group, port }: Destination, bytes: Buffer): Uint8Array {
  if (typeof key !== "string") return bytes;
  const sealing = readSealing({ key, freshness });
  const sealer = sealers.get(key) ?? (sealing && multicast.sealer(sealing));
  if (!sealer) return bytes;
  sealers.set(key, sealer);
  return sealer.seal(bytes, group, port);
}

async function flood({ fields, count, size = 0, text, rate = Number.POSITIVE_INFINITY }: Flood): Promise<void> {
  const to = destination(fields);
  const start = performance.now();
  for (let number = 1; number <= count; number += 1) {
    const ahead = start + (number * 1000) / rate - performance.now();
    if (ahead >= 1) await setTimeout(ahead);
    const bytes = Buffer.from((text ?? String(number)).padEnd(size));
    await new Promise<void>((resolve, reject) =>
      sender.send(to, sealed(fields, to, bytes), (error) => (error ? reject(error) : resolve())),
    );
  }
}

async function close(): Promise<void> {
  await Promise.all([
    sender.close(),
    ...subscriptions.map((each) => each.close()),
    ...relays.map((each) => each.close()),
    ...[...memberships.values()].map((membership) => membership.leave()),
  ]);
}

function words(state: State): string {
  switch (state.kind) {
    case "joined":
      return [`joined ${state.interfaces.join(" ")}`, ...notes(state)].join("; ");
    case "waiting":
      return [[...state.interfaces, state.reason.message].join(" "), ...notes(state)].join("; ");
    case "refused":
      return state.reason.message;
    case "closed":
      return "closed";
  }
}

function notes({ warnings, standBy }: Working): readonly string[] {
  return [...warnings.map(({ message }) => message), ...standBy.map((each) => `${each.interface} is on the same network`)];
}

function withTraits(): System {
  return {
    ...system,
    now: () => system.now() * pace(),
    after: (milliseconds, callback) =>
      system.after(milliseconds / pace(), () => {
        if (milliseconds === 2_000) report({ beat: true });
        callback();
      }),
    open: (opening) => {
      if (traits.includes("no-inet6") && opening.type === "udp6") throw systemRefusal("EAFNOSUPPORT");
      return system.open(opening);
    },
  };
}

function pace(): number {
  return traits.includes("quick") ? 10 : 1;
}

function report(what: object): void {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}
