import { formatEndpoint } from "../../lib/address";
import { LATE_MS, type PingReply, PingTally, pingQuestion, type Responder } from "../../lib/diagnostics/ping";
import { McastError } from "../../lib/errors";
import { type Destination, destination } from "../../lib/options/options";
import { multicast } from "../../lib/process-wide/multicast";
import type { Sender } from "../../lib/send/sender";
import type { State } from "../../lib/state";
import { lastValue } from "../flags";
import { DEFAULT_GROUP, groupsOf, ifaceOf, waitingText } from "../network-flags";
import { countOf, secondsOf } from "../number-flags";
import { EXIT, type Run } from "../run";
import { SendAttempts } from "../send-attempts";
import { printable } from "../terminal-text";
import { UsageError } from "../usage-error";
import type { Action } from "../verb";

const QUESTIONS = 4;

/** Sends numbered questions to a group, and prints the hosts that acknowledge them, with their round trips. */
export const ping: Action = async ({ flags }, run) => {
  const [group = DEFAULT_GROUP, ...more] = groupsOf(flags);
  if (more.length > 0) throw new UsageError("ping asks one group");
  const to = destination({ group, port: lastValue(flags, "port"), iface: ifaceOf(flags), ttl: lastValue(flags, "ttl") });
  const count = countOf(flags, "count") ?? (flags.has("daemon") ? Number.POSITIVE_INFINITY : QUESTIONS);
  const seconds = secondsOf(flags, "interval") ?? 1;
  const tally = new PingTally();
  const onState = (state: State): void => {
    if (state.kind === "waiting" && !run.isOver) run.report(waitingText(state.reason));
  };
  const sender = multicast.sender(
    {
      onState,
      onReply: (payload, { address }) => {
        const reply = tally.take(payload, address, multicast.now());
        if (reply && !run.isOver) run.output.print(replyLine(reply, address));
      },
    },
    { isPrivate: true },
  );
  run.onEnd(() => void sender.close());
  // Opens the path first, so that a missing interface is reported before the first question, and that question is known to wait.
  sender.open(to);
  onState(sender.state);
  try {
    await askAll(sender, to, { tally, count, seconds }, run);
  } catch (error) {
    const isMissing = error instanceof McastError && error.code === "ERR_MCAST_INTERFACE" && tally.sent === 0;
    if (!isMissing) throw error;
    run.report(error.message);
  } finally {
    await sender.close();
    run.output.print(statistics(tally, to));
  }
  if (run.isLate) reportTimeout(tally, count, run);
  return tally.responders.length > 0 ? EXIT.done : EXIT.nothing;
};

interface Questions {
  readonly tally: PingTally;
  readonly count: number;
  readonly seconds: number;
}

async function askAll(sender: Sender, to: Destination, { tally, count, seconds }: Questions, run: Run): Promise<void> {
  const attempts = new SendAttempts(count, run);
  for (let asked = 0; asked < count && !run.isOver; asked += 1) {
    if (asked > 0) await run.pause(seconds);
    if (run.isOver) return;
    const number = tally.ask(multicast.now());
    const mustWait = sender.interfaces.length === 0;
    const isTaken = await attempts.send({ to, sender }, Buffer.from(pingQuestion(number)));
    if (isTaken) tally.confirm(number, mustWait ? multicast.now() : undefined);
    else tally.withdraw(number);
    if (isTaken && tally.sent === 1) run.output.print(`PING ${placeOf(to)} on ${printable(sender.interfaces.join(", "))}\n`);
  }
  await run.pause(LATE_MS / 1000);
  // Late replies may still come. A responder without any reply gets no extra time.
  if (tally.misses) await run.pause(LATE_MS / 1000);
}

// Reports at the time-out why the exit code is 1, or how many of a limited number of questions were sent.
function reportTimeout({ sent, responders }: PingTally, count: number, run: Run): void {
  const limit = `within ${run.timeout} s`;
  if (sent === 0) run.report(`nothing was sent ${limit}`);
  else if (responders.length === 0) run.report(`nobody replied ${limit}`);
  else if (sent < count && Number.isFinite(count)) run.report(`${sent} of ${count} questions sent ${limit}`);
}

function replyLine({ number, milliseconds, isDuplicate, isLate }: PingReply, ip: string): string {
  const marks = `${isDuplicate ? " (duplicate)" : ""}${isLate ? " (late)" : ""}`;
  return `reply from ${nameOf(ip)}: question=${number} time=${inMilliseconds(milliseconds)} ms${marks}\n`;
}

function statistics(tally: PingTally, to: Destination): string {
  const { sent, responders } = tally;
  const heading = `\n--- ${placeOf(to)} ping statistics ---\n${sent} ${sent === 1 ? "question" : "questions"} sent`;
  if (sent === 0) return `${heading}\n`;
  if (responders.length === 0) return `${heading}, nobody replied\n`;
  return `${heading}, ${responders.length} ${responders.length === 1 ? "responder" : "responders"}\n${responders.map((each) => summary(each, sent)).join("")}`;
}

function summary({ ip, replies, duplicates, late, least, average, most }: Responder, sent: number): string {
  const lost = Math.round((100 * (sent - replies)) / sent);
  const extras = `${duplicates > 0 ? `, ${duplicates} duplicate` : ""}${late > 0 ? `, ${late} late` : ""}`;
  const times = [least, average, most].map(inMilliseconds).join("/");
  return `${nameOf(ip)}: ${replies} ${replies === 1 ? "reply" : "replies"}, ${lost}% loss${extras}, round trip min/avg/max = ${times} ms\n`;
}

function nameOf(ip: string): string {
  const isOwn = multicast.network().interfaces.some(({ addresses }) => addresses.some(({ address }) => address === ip.replace(/%.*/, "")));
  return isOwn ? `${ip} (this host)` : ip;
}

function placeOf({ group, port }: Destination): string {
  return formatEndpoint(group.address, port);
}

function inMilliseconds(milliseconds: number): string {
  return milliseconds.toFixed(milliseconds < 10 ? 2 : 1);
}
