import type { NodeMessage, NodeStatus } from "node-red";
import { formatEndpoint } from "../lib/address";
import type { McastError } from "../lib/errors";
import type { RemoteInfo } from "../lib/host/system";
import type { JoinOptions, RecvOptions } from "../lib/options/options";
import { DECODERS } from "../lib/payload";
import type { RelayListener } from "../lib/relay/relay";
import type { Arrival } from "../lib/sockets/socket-listener";
import { CLOSED, type State } from "../lib/state";
import { newMessageId } from "./message-id";
import { translate } from "./messages";
import type { NodeShell } from "./node-shell";

/** The output of the nodes that receive groups: each datagram becomes a message, and the status also shows silence. */
export class DatagramOutput implements RelayListener {
  readonly #shell: NodeShell;
  readonly #decode: (typeof DECODERS)[RecvOptions["datatype"]];
  readonly #silence: number;
  #state: State = CLOSED;
  #joins: readonly JoinOptions[] = [];
  #hasWarnedOfLoop = false;
  #isSilent = false;
  #receivedAt = performance.now();
  #timer: NodeJS.Timeout | undefined;

  constructor(shell: NodeShell, { datatype, silence }: Pick<RecvOptions, "datatype" | "silence">) {
    this.#shell = shell;
    this.#decode = DECODERS[datatype];
    this.#silence = silence * 1000;
    if (silence > 0) this.#watchSilence(this.#silence);
  }

  /** Shows a state of the groups that are joined now. */
  show(state: State, joins: readonly JoinOptions[]): void {
    this.#joins = joins;
    this.onState(state);
  }

  onState(state: State): void {
    this.#state = state;
    this.#showStatus();
    if (state.kind === "refused") this.#shell.report(state.reason);
    if ("warnings" in state) this.#warnOfLoop(state.warnings);
  }

  onError(error: McastError): void {
    this.#shell.report(error);
  }

  /** Sends a datagram on as a message, after its echo if there was one. Where nothing is wired it creates no message. */
  onDatagram(bytes: Buffer, sender: RemoteInfo, arrival: Arrival, echoed?: boolean): void {
    if (this.#silence > 0) this.#noteDatagram();
    if (!this.#shell.isWired) return;
    const msg = this.#messageFor(bytes, sender, arrival);
    if (echoed !== undefined) msg.echoed = echoed;
    this.#shell.send(msg);
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #showStatus(): void {
    if (this.#joins.length === 0) this.#shell.show({ fill: "grey", shape: "ring", text: this.#shell.catalogue("status.none") });
    else if (this.#state.kind === "joined" && this.#isSilent) this.#shell.show(this.#silentStatus());
    else this.#shell.showState(this.#state, labelOf(this.#joins));
  }

  // The status shows a suspected loop while it lasts; the log says it once, with what to look for.
  #warnOfLoop(warnings: readonly McastError[]): void {
    const loop = warnings.find(({ reason }) => reason === "relay-loop");
    if (!loop || this.#hasWarnedOfLoop) return;
    this.#hasWarnedOfLoop = true;
    this.#shell.warn(translate(loop, this.#shell.catalogue).message);
  }

  // A payload that cannot be parsed goes out as a Buffer.
  #messageFor(bytes: Buffer, sender: RemoteInfo, arrival: Arrival): NodeMessage {
    let payload: unknown;
    try {
      payload = this.#decode(bytes);
    } catch (error) {
      return { ...messageOf(bytes, sender, arrival), parseError: error instanceof Error ? error.message : String(error) };
    }
    return messageOf(payload, sender, arrival);
  }

  #silentStatus(): NodeStatus {
    const since = new Date(Date.now() - (performance.now() - this.#receivedAt));
    const text = this.#shell.catalogue("status.silent", { time: since.toTimeString().slice(0, 5) });
    return { fill: "yellow", shape: "ring", text };
  }

  #noteDatagram(): void {
    this.#receivedAt = performance.now();
    if (!this.#isSilent) return;
    this.#isSilent = false;
    this.#showStatus();
  }

  // One timer for each span of silence, not one for each datagram.
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

// `ip`, `port` and `fromip` are the sender's, as in core's `udp in`. The object is written whole where everything is known, as it
// nearly always is: each property that is added later costs another allocation (measured on Node.js 20).
function messageOf(payload: unknown, { address: ip, port }: RemoteInfo, { group, interface: name }: Arrival): NodeMessage {
  const _msgid = newMessageId();
  const fromip = `${ip}:${port}`;
  if (group !== undefined && name !== undefined)
    return { _msgid, topic: group, payload, group, interface: name, ip, port, fromip, multicast: true };
  const known = { ...(group !== undefined && { topic: group, group }), ...(name !== undefined && { interface: name }) };
  return { _msgid, ...known, payload, ip, port, fromip, multicast: group !== undefined };
}

function labelOf(joins: readonly JoinOptions[]): string {
  const [first] = joins;
  const more = joins.length > 1 ? ` +${joins.length - 1}` : "";
  return first ? formatEndpoint(first.group.address, first.port) + more : "";
}
