import type { NodeMessage, NodeStatus } from "node-red";
import {
  type Arrival,
  DECODERS,
  formatEndpoint,
  type JoinOptions,
  type McastError,
  type RecvOptions,
  type RelayListener,
  type RemoteInfo,
  type State,
} from "../lib";
import { newMessageId } from "./message-id";
import type { Frame } from "./node-shell";

/** What is listened to, and how it stands with that. */
interface Source {
  readonly state: State;
  readonly joins: readonly JoinOptions[];
}

/** The listener of the nodes that hear groups: a datagram becomes a message, and the status also tells of silence. */
export class Hearing implements RelayListener {
  readonly #frame: Frame;
  readonly #decode: (typeof DECODERS)[RecvOptions["datatype"]];
  readonly #silence: number;
  #source: Source | undefined;
  #isSilent = false;
  #heardAt = performance.now();
  #timer: NodeJS.Timeout | undefined;

  constructor(frame: Frame, { datatype, silence }: Pick<RecvOptions, "datatype" | "silence">) {
    this.#frame = frame;
    this.#decode = DECODERS[datatype];
    this.#silence = silence * 1000;
    if (silence > 0) this.#listen(this.#silence);
  }

  /** Shows from now on how it stands with what is listened to. */
  follow(source: Source): void {
    this.#source = source;
    this.onState();
  }

  onState(): void {
    if (!this.#source) return;
    const { state, joins } = this.#source;
    if (joins.length === 0) this.#frame.show({ fill: "grey", shape: "ring", text: this.#frame.words("status.none") });
    else if (state.kind === "joined" && this.#isSilent) this.#frame.show(this.#silentStatus());
    else this.#frame.showState(state, labelOf(joins));
    if (state.kind === "refused") this.#frame.report(state.reason);
  }

  onError(error: McastError): void {
    this.#frame.report(error);
  }

  onLoop({ details }: McastError): void {
    this.#frame.warn(this.#frame.words("warning.loop", details));
  }

  /** Sends a datagram on as a message, after its echo if there was one. Makes none where nothing is wired. */
  onDatagram(bytes: Buffer, sender: RemoteInfo, arrival: Arrival, echoed?: boolean): void {
    if (this.#silence > 0) this.#heard();
    if (!this.#frame.isWired) return;
    const msg = this.#decoded(bytes, sender, arrival);
    if (echoed !== undefined) msg.echoed = echoed;
    this.#frame.send(msg);
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  // What doesn't parse goes out as it came.
  #decoded(bytes: Buffer, sender: RemoteInfo, arrival: Arrival): NodeMessage {
    let payload: unknown;
    try {
      payload = this.#decode(bytes);
    } catch (error) {
      return { ...messageOf(bytes, sender, arrival), parseError: error instanceof Error ? error.message : String(error) };
    }
    return messageOf(payload, sender, arrival);
  }

  #silentStatus(): NodeStatus {
    const text = this.#frame.words("status.silent", { seconds: this.#silence / 1000 });
    return { fill: "yellow", shape: "ring", text };
  }

  #heard(): void {
    this.#heardAt = performance.now();
    if (!this.#isSilent) return;
    this.#isSilent = false;
    this.onState();
  }

  // One timer for each span of silence, not one for each datagram.
  #listen(milliseconds: number): void {
    this.#timer = setTimeout(() => this.#check(), milliseconds);
    this.#timer.unref();
  }

  #check(): void {
    const left = this.#heardAt + this.#silence - performance.now();
    if (left <= 0) {
      this.#isSilent = true;
      this.onState();
    }
    this.#listen(left > 0 ? left : this.#silence);
  }
}

// `ip`, `port` and `fromip` are the sender's, as core's `udp in` has them. Written as a whole where all is known, as it is
// nearly always: each property that an object gets later costs it another piece of memory.
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
