import type { NodeMessage } from "node-red";
import type { McastError } from "../lib/errors";
import type { RemoteInfo } from "../lib/host/system";
import type { RecvOptions } from "../lib/options/options";
import type { RelayListener } from "../lib/relay/relay";
import type { Arrival } from "../lib/sockets/socket-listener";
import { CLOSED, type State } from "../lib/state";
import { decodedPayload } from "./decoded-payload";
import { newMessageId } from "./message-id";
import { translate } from "./messages";
import type { NodeShell } from "./node-shell";
import { isShortened, joinedStatus, noGroupStatus, silentStatus, type Works } from "./status";

/** The output of the nodes that receive groups. Each datagram becomes a message, and the status also shows silence. */
export class DatagramOutput implements RelayListener {
  readonly label: string;
  readonly #shell: NodeShell;
  readonly #datatype: RecvOptions["datatype"];
  readonly #silence: number;
  #state: State = CLOSED;
  #works: Works | undefined;
  readonly #warnedOf = new Set<string>();
  #isSilent = false;
  #receivedAt = performance.now();
  #timer: NodeJS.Timeout | undefined;

  constructor(shell: NodeShell, { datatype, silence }: Pick<RecvOptions, "datatype" | "silence">) {
    this.label = shell.label;
    this.#shell = shell;
    this.#datatype = datatype;
    this.#silence = silence * 1000;
    if (silence > 0) this.#watchSilence(this.#silence);
  }

  /**
   * Shows a state of the joined groups. `hasGroups` is false if there are none. `works` makes the status of a state in which an
   * interface works.
   */
  show(state: State, hasGroups: boolean, works: Works = joinedStatus): void {
    this.#works = hasGroups ? works : undefined;
    this.onState(state);
  }

  onState(state: State): void {
    this.#state = state;
    this.#showStatus();
    if (state.kind === "refused") this.#shell.report(state.reason);
    if ("warnings" in state) this.#logWarnings(state.warnings);
  }

  onError(error: McastError): void {
    this.#shell.report(error);
  }

  /** Sends a datagram on as a message, after its echo if there was one. Creates no message if the output has no wire. */
  onDatagram(bytes: Buffer, sender: RemoteInfo, arrival: Arrival, echoed?: boolean, sealedAt?: number): void {
    if (this.#silence > 0) this.#noteDatagram();
    if (!this.#shell.isWired) return;
    const { payload, parseError } = decodedPayload(this.#datatype, bytes);
    const msg = messageOf(payload, sender, arrival);
    if (parseError !== undefined) msg.parseError = parseError;
    if (echoed !== undefined) msg.echoed = echoed;
    if (sealedAt !== undefined) Object.assign(msg, { sealed: true, sealedAt });
    this.#shell.send(msg);
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  // Silence counts even while some interfaces are missing: an alarm must not depend on the others.
  #showStatus(): void {
    const works = "interfaces" in this.#state && this.#state.interfaces.length > 0;
    if (!this.#works) this.#shell.show(noGroupStatus(this.#shell.catalogue));
    else if (works && this.#isSilent) this.#shell.show(silentStatus(this.#lastReceived(), this.#shell.catalogue));
    else this.#shell.showState(this.#state, this.#works);
  }

  // Logs each warning once, with its full message. The status has a short text while the warning lasts.
  #logWarnings(warnings: readonly McastError[]): void {
    for (const warning of warnings) {
      if (!isShortened(warning) || this.#warnedOf.has(warning.reason)) continue;
      this.#warnedOf.add(warning.reason);
      this.#shell.warn(translate(warning, this.#shell.catalogue).message);
    }
  }

  #lastReceived(): Date {
    return new Date(Date.now() - (performance.now() - this.#receivedAt));
  }

  #noteDatagram(): void {
    this.#receivedAt = performance.now();
    if (!this.#isSilent) return;
    this.#isSilent = false;
    this.#showStatus();
  }

  // Watches for silence with one timer for each span of silence, not one for each datagram.
  #watchSilence(milliseconds: number): void {
    this.#timer = setTimeout(() => this.#checkSilence(), milliseconds);
    this.#timer.unref();
  }

  #checkSilence(): void {
    const left = this.#receivedAt + this.#silence - performance.now();
    if (left <= 0) {
      this.#isSilent = true;
      this.#showStatus();
    }
    this.#watchSilence(left > 0 ? left : this.#silence);
  }
}

// Makes a message. `ip`, `port` and `fromip` are the sender's, as in core's `udp in`. The object literal has all properties if they
// are known, as they nearly always are: a property that is added later needs another allocation (measured on Node.js 20).
function messageOf(payload: unknown, { address: ip, port }: RemoteInfo, { group, interface: name }: Arrival): NodeMessage {
  const _msgid = newMessageId();
  const fromip = `${ip}:${port}`;
  if (group !== undefined && name !== undefined)
    return { _msgid, topic: group, payload, group, interface: name, ip, port, fromip, multicast: true };
  const known = { ...(group !== undefined && { topic: group, group }), ...(name !== undefined && { interface: name }) };
  return { _msgid, ...known, payload, ip, port, fromip, multicast: group !== undefined };
}
