import { formatEndpoint } from "../lib/address";
import type { McastError } from "../lib/errors";
import type { RemoteInfo } from "../lib/host/system";
import { multicast } from "../lib/process-wide/multicast";
import type { Arrival } from "../lib/sockets/socket-listener";
import type { State } from "../lib/state";
import { type Datagram, formatDatagram, sizeText } from "./datagram-format";
import type { GivenFlags } from "./flags";
import { waitingText } from "./network-flags";
import { countOf } from "./number-flags";
import { EXIT, type Exit, type Run } from "./run";

/** A subscription or a relay: it has a state, and can be closed. */
export interface Listening {
  readonly state: State;
  /** The refused datagrams that did not open, by kind. */
  readonly refused: readonly McastError[];
  /** The number of datagrams whose sender is not allowed. */
  readonly filtered: number;
  close(): Promise<void>;
}

/** Callbacks of a subscription or a relay. */
export interface Listener {
  /** `echoed` is undefined for a verb that does not echo. */
  onDatagram(payload: Buffer, sender: RemoteInfo, arrival: Arrival, echoed?: boolean, sealedAt?: number): void;
  onState(state: State): void;
  onError(error: McastError): void;
}

export interface ListenOptions<Opened extends Listening> {
  readonly flags: GivenFlags;
  /** True if payloads are printed. */
  readonly prints: boolean;
  /** The groups, for messages. */
  readonly groups: readonly string[];
  readonly open: (listener: Listener) => Opened;
  /** Returns the last line with --verbose. */
  readonly totalOf?: (opened: Opened) => string;
}

/**
 * Receives datagrams until --count of them have come: one by default, any number with --daemon. A refusal of the system ends the
 * run; with --daemon the run reports the refusal and continues, and the library retries.
 */
export async function receiveDatagrams<Opened extends Listening>(options: ListenOptions<Opened>, run: Run): Promise<Exit> {
  const { flags, prints, groups, open, totalOf } = options;
  const isDaemon = flags.has("daemon");
  const wanted = countOf(flags, "count") ?? (isDaemon ? Number.POSITIVE_INFINITY : 1);
  const format = { isJson: flags.has("json"), hasLineBreak: flags.has("line"), isTerminal: process.stdout.isTTY };
  let failure: McastError | undefined;
  let count = 0;
  const onError = (error: McastError): void => {
    if (isDaemon) return run.report(error.message);
    failure ??= error;
    run.end();
  };
  const onState = stateReporter(run, onError);
  const opened = open({
    onDatagram(payload, sender, arrival, echoed, sealedAt) {
      if (run.isOver) return;
      count += 1;
      const datagram = { payload, sender, group: arrival.group, interface: arrival.interface, echoed, sealedAt };
      run.mention(summaryOf(datagram, arrival.port));
      if (prints) run.output.print(formatDatagram(datagram, format));
      if (count >= wanted) run.end();
    },
    onState,
    onError,
  });
  onState(opened.state);
  await new Promise<void>((resolve) => run.onEnd(resolve));
  if (wanted > 1) reportLastLosses(opened, run);
  const others = withheld(opened);
  if (totalOf) run.mention(totalOf(opened));
  await opened.close(); // sends the last echo
  if (failure) throw failure;
  const received = count > 0 ? `${count} of ${wanted} datagrams received` : `nothing received on ${groups.join(", ")}`;
  if (run.isLate && (count === 0 || Number.isFinite(wanted))) run.report([`${received} within ${run.timeout} s`, ...others].join("; "));
  return count > 0 ? EXIT.done : EXIT.nothing;
}

// Formats a datagram as a line for --verbose.
function summaryOf({ payload, sender, group = "", interface: name = "an unknown interface", echoed }: Datagram, port: number): string {
  const endpoints = `${formatEndpoint(sender.address, sender.port)} > ${formatEndpoint(group, port)}`;
  return `${endpoints} on ${name}, ${sizeText(payload.length)}${echoed ? ", echoed" : ""}`;
}

// Describes the datagrams that came but were not passed on.
function withheld({ filtered, refused }: Listening): readonly string[] {
  const others = filtered > 0 ? [`${filtered} from senders that --allow does not name`] : [];
  return [...others, ...refused.map(({ message }) => message)];
}

// Reports the losses since the last beat of the library, at most 2 s ago.
function reportLastLosses(opened: Listening, run: Run): void {
  const known = lossesOf(opened.state);
  multicast.readLosses();
  for (const message of lossesOf(opened.state)) {
    if (!known.includes(message)) run.report(message);
  }
}

function lossesOf(state: State): readonly string[] {
  const warnings = "warnings" in state ? state.warnings : [];
  return warnings.filter(({ reason }) => reason.startsWith("receive-lost")).map(({ message }) => message);
}

// Returns a function that reports changes of a state: warnings and missing interfaces on standard error, the interfaces with
// --verbose. After a state in which everything is joined, it reports a missing interface anew.
function stateReporter(run: Run, onError: (error: McastError) => void): (state: State) => void {
  let last = "";
  return (state) => {
    if (run.isOver || state.kind === "closed") return;
    if (state.kind === "refused") return onError(state.reason);
    for (const warning of state.warnings) run.report(warning.message);
    const interfaces = state.interfaces.join(", ");
    const text = state.kind === "joined" ? `joined on ${interfaces}` : partialText(interfaces, waitingText(state.reason));
    if (text === last) return;
    last = text;
    if (state.kind === "joined") run.mention(text);
    else run.output.printError(`mcast: ${text}`);
  };
}

function partialText(interfaces: string, reason: string): string {
  return interfaces === "" ? reason : `on ${interfaces}; ${reason}`;
}
