import { randomBytes } from "node:crypto";
import { formatEndpoint } from "../address";
import type { McastError } from "../errors";
import type { LocalInterface } from "../host/interfaces";
import { destination, joinOptions } from "../options/options";
import type { State } from "../state";
import type { Examination } from "./examination";
import { type Finding, finding, unknownFinding } from "./finding";

const HEAR_MS = 500;

/** The result of a self-test: received, or the half that failed. */
type Outcome =
  | { readonly kind: "heard"; readonly milliseconds: number }
  | { readonly kind: "not-joined"; readonly reason: string }
  | { readonly kind: "not-sent"; readonly reason: string }
  | { readonly kind: "not-heard" };

/**
 * Joins the group on each tested interface, sends one datagram with TTL 1 and loopback, and waits 500 ms to receive it. Uses the
 * same kind of sockets as the nodes, on the same group and port, so that a firewall examines the datagram too.
 */
export async function selfTests(examination: Examination): Promise<readonly Finding[]> {
  const { tested } = examination;
  if (tested.length === 0)
    return [unknownFinding("self-test", "There is no interface to test.", "Connect the host to a network, or name an interface.")];
  return Promise.all(tested.map(async (local) => findingOf(await selfTest(local, examination), local, examination)));
}

async function selfTest({ name }: LocalInterface, { multicast, group, port }: Examination): Promise<Outcome> {
  const fields = { group: group.address, port, iface: [name] };
  // Other programs in the group receive it too; this text identifies the sender.
  const payload = Buffer.from(`mcast doctor ${randomBytes(8).toString("hex")}`);
  let hear = () => {};
  const heard = new Promise<true>((resolve) => {
    hear = () => resolve(true);
  });
  const membership = multicast.join(joinOptions(fields), { onDatagram: (bytes) => bytes.equals(payload) && hear() });
  const sender = multicast.sender();
  let cancel = () => {};
  try {
    const reason = reasonOf(membership.state);
    if (reason !== undefined) return { kind: "not-joined", reason };
    const start = multicast.now();
    const refusal = await new Promise<McastError | undefined>((resolve) =>
      sender.send(destination({ ...fields, ttl: 1 }), payload, resolve),
    );
    if (refusal) return { kind: "not-sent", reason: refusal.message };
    const late = new Promise<false>((resolve) => {
      cancel = multicast.after(HEAR_MS, () => resolve(false));
    });
    return (await Promise.race([heard, late])) ? { kind: "heard", milliseconds: multicast.now() - start } : { kind: "not-heard" };
  } finally {
    cancel();
    await Promise.all([sender.close(), membership.leave()]);
  }
}

function reasonOf(state: State): string | undefined {
  if (state.kind === "joined") return undefined;
  return "reason" in state ? state.reason.message : "it is closed";
}

function findingOf(outcome: Outcome, { name }: LocalInterface, { group, port }: Examination): Finding {
  const to = formatEndpoint(group.address, port);
  const details = { interface: name, group: group.address, port, outcome };
  switch (outcome.kind) {
    case "heard":
      return finding("self-test", "ok", {
        fact: `${name}: joined ${to}, sent a datagram and heard it after ${outcome.milliseconds.toFixed(1)} ms.`,
        details,
      });
    case "not-joined":
      return finding("self-test", "fault", {
        fact: `${name}: could not join ${to}: ${outcome.reason}.`,
        why: "The receiving half fails: a node cannot join there either.",
        remedy: "See the findings above on the interface, the port and the limits.",
        details,
      });
    case "not-sent":
      return finding("self-test", "fault", {
        fact: `${name}: joined ${to}, but could not send: ${outcome.reason}.`,
        why: "The sending half fails: a node cannot send there either.",
        remedy: "Allow outgoing UDP in the firewall, and check the routes of this interface.",
        details,
      });
    case "not-heard":
      return finding("self-test", "fault", {
        fact: `${name}: joined ${to} and sent a datagram, but did not hear it within ${HEAR_MS} ms.`,
        why: "The receiving half fails: the datagram left, and something on this host dropped it, such as its firewall.",
        remedy: "See the findings on the firewall and on the reverse path filter.",
        details,
      });
  }
}
