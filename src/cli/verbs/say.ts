import { readFileSync } from "node:fs";
import { formatEndpoint } from "../../lib/address";
import { McastError } from "../../lib/errors";
import { type Destination, destination } from "../../lib/options/options";
import { encode, LARGEST } from "../../lib/payload";
import { multicast } from "../../lib/process-wide/multicast";
import type { Sealer } from "../../lib/sealed/sealer";
import type { Sealing } from "../../lib/sealed/sealing";
import type { State } from "../../lib/state";
import { sizeText } from "../datagram-format";
import { type GivenFlags, lastValue } from "../flags";
import { sealingOf } from "../key-flags";
import { DEFAULT_GROUP, groupsOf, ifaceOf, waitingText } from "../network-flags";
import { bytesOf, countOf, secondsOf } from "../number-flags";
import { EXIT, type Exit, type Run } from "../run";
import { SendAttempts } from "../send-attempts";
import { linesOf, piecesOf } from "../standard-input";
import { utf8Of } from "../terminal-text";
import { UsageError } from "../usage-error";
import type { Action } from "../verb";

/** The default maximum size of a datagram, which fits into an Ethernet frame. */
const SIZE = 1400;

/** Sends the words of a message as one datagram, or standard input in as many datagrams as needed. */
export const say: Action = async ({ flags }, run) => {
  const named = groupsOf(flags);
  const fields = {
    iface: ifaceOf(flags),
    port: lastValue(flags, "port"),
    ttl: lastValue(flags, "ttl"),
    loopback: flags.has("noLoopback") ? false : undefined,
    sourcePort: lastValue(flags, "sourcePort"),
  };
  const destinations = (named.length > 0 ? named : [DEFAULT_GROUP]).map((group) => destination({ ...fields, group }));
  const sealing = sealingOf(flags);
  const message = messageOf(flags, largestOf(destinations, sealing), run);
  return sendAll(message, { destinations, sealer: sealing && multicast.sealer(sealing) }, run);
};

// Returns the largest payload, in bytes, that fits in one datagram to every destination.
function largestOf(destinations: readonly Destination[], sealing: Sealing | undefined): number {
  const largest = sealing ? largestSealed() : LARGEST;
  return Math.min(...destinations.map(({ group }) => largest[group.family]));
}

// Loads the modules of sealed groups only for a sealed datagram.
function largestSealed(): typeof LARGEST {
  const { LARGEST_SEALED }: typeof import("../../lib/sealed/sealed-format") = require("../../lib/sealed/sealed-format");
  return LARGEST_SEALED;
}

interface Message {
  /** One payload after the other, so that at most one read of standard input is in memory. */
  readonly payloads: AsyncIterable<Buffer>;
  /** The number of payloads; Infinity if they are repeated until interrupted, undefined for those of standard input. */
  readonly total?: number;
}

// Reads the message from the flags. A datagram of standard input has at most `largest` bytes.
function messageOf(flags: GivenFlags, largest: number, run: Run): Message {
  const text = flags.get("message")?.join(" ");
  const [size, count, interval] = [bytesOf(flags, "size"), countOf(flags, "count"), secondsOf(flags, "interval")];
  const readsInput = flags.has("pipe") || text === "-" || (text === undefined && !process.stdin.isTTY);
  if (text !== undefined && text !== "-" && flags.has("pipe")) throw new UsageError("give either --message or --pipe");
  if (text === undefined && !readsInput) throw new UsageError("nothing to send: give either --message or --pipe");
  if (readsInput && (count ?? interval) !== undefined)
    throw new UsageError("--count and --interval repeat a --message, not standard input");
  if (size !== undefined && size > largest)
    throw new UsageError(`--size ${size} is more than fits in one datagram (at most ${largest} bytes)`);
  if (size !== undefined && flags.has("lines")) throw new UsageError("give either --size or --lines");
  if (!readsInput && (size !== undefined || flags.has("lines"))) throw new UsageError("--size and --lines need --pipe");
  if (readsInput)
    return { payloads: flags.has("lines") ? linesOf(process.stdin, largest, run) : piecesOf(process.stdin, size ?? SIZE, run) };
  if (text?.includes("\ufffd") && !isLineUtf8()) throw new UsageError("the text of --message is not UTF-8: send bytes with --pipe");
  const total = count ?? (interval === undefined ? 1 : Number.POSITIVE_INFINITY);
  return { payloads: repeated(Buffer.from(text ?? ""), { count: total, seconds: interval ?? 1 }, run), total };
}

// Returns false if Node.js has replaced bytes of the command line that are not UTF-8. Only Linux shows the bytes.
function isLineUtf8(): boolean {
  try {
    return utf8Of(readFileSync("/proc/self/cmdline")) !== undefined;
  } catch {
    return true;
  }
}

async function* repeated(
  payload: Buffer,
  { count, seconds }: { readonly count: number; readonly seconds: number },
  run: Run,
): AsyncGenerator<Buffer> {
  for (let sent = 0; sent < count && !run.isOver; sent++) {
    if (sent > 0) await run.pause(seconds);
    if (!run.isOver) yield payload;
  }
}

interface Recipients {
  readonly destinations: readonly Destination[];
  /** The sealer of every datagram; undefined if they are not sealed. */
  readonly sealer: Sealer | undefined;
}

async function sendAll({ payloads, total }: Message, { destinations, sealer }: Recipients, run: Run): Promise<Exit> {
  const onState = (state: State): void => {
    if (state.kind === "waiting" && !run.isOver) run.report(waitingText(state.reason));
  };
  const recipients = destinations.map((to) => ({ to, sender: multicast.sender({ onState }) }));
  const close = () => Promise.all(recipients.map(({ sender }) => sender.close()));
  run.onEnd(() => void close());
  const attempts = new SendAttempts(total, run);
  const send = async (payload: Buffer, { to, sender }: (typeof recipients)[number]): Promise<void> => {
    const plain = encode(payload, to.group.family);
    const bytes = sealer ? sealer.seal(plain, to.group, to.port) : plain;
    if (!(await attempts.send({ to, sender }, bytes))) return;
    run.mention(`${sizeText(payload.length)} > ${formatEndpoint(to.group.address, to.port)} on ${sender.interfaces.join(", ")}`);
  };
  try {
    for await (const payload of payloads) await all(recipients.map((each) => send(payload, each)));
    if (attempts.taken === 0 && total === undefined && !run.isOver) run.report("nothing was sent: standard input is empty");
  } catch (error) {
    const isMissing = error instanceof McastError && error.code === "ERR_MCAST_INTERFACE" && attempts.taken === 0;
    if (!run.isOver && !isMissing) throw error;
    if (!run.isOver && isMissing) run.report(error.message);
  } finally {
    await close();
  }
  if (run.isLate && attempts.taken === 0) run.report(`nothing was sent within ${run.timeout} s`);
  else reportShortage(attempts, total === undefined ? undefined : total * destinations.length, run);
  return attempts.taken > 0 ? EXIT.done : EXIT.nothing;
}

// Waits for every destination, then throws the first refusal: a destination without an interface does not keep the others from
// their datagrams.
async function all(sends: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(sends)) {
    if (result.status === "rejected") throw result.reason;
  }
}

// Reports how many of the datagrams were sent, if the system refused some, or if the time-out came first.
function reportShortage({ taken, refused }: SendAttempts, limit: number | undefined, run: Run): void {
  const isInterrupted = run.isOver && !run.isLate;
  if (isInterrupted || taken === 0) return;
  const wanted = limit ?? taken + refused;
  const sent = taken < wanted ? `${taken} of ${wanted}` : `${taken}`;
  if (run.isLate && limit === undefined) run.report(`standard input did not end within ${run.timeout} s; datagrams sent: ${sent}`);
  else if (taken < wanted && Number.isFinite(wanted)) run.report(`${sent} datagrams sent${run.isLate ? ` within ${run.timeout} s` : ""}`);
}
