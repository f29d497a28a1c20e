import type { NodeMessage, NodeStatus } from "node-red";
import { type Arrival, CLOSED, DECODERS, formatEndpoint, type JoinOptions, type RecvOptions, type RemoteInfo, type State } from "../lib";
import type { Frame } from "./frame";

/** What the nodes that hear groups have in common: a datagram as a message, and a status that also tells of silence. */
export class Hearing {
  readonly #frame: Frame;
  readonly #decode: (typeof DECODERS)[RecvOptions["datatype"]];
  #label = "";
  readonly #silence: number;
  readonly #newId: () => string;
  #state: State = CLOSED;
  #isSilent = false;
  #heardAt = performance.now();
  #timer: NodeJS.Timeout | undefined;

  constructor(frame: Frame, { datatype, silence }: Pick<RecvOptions, "datatype" | "silence">, newId: () => string) {
    this.#frame = frame;
    this.#newId = newId;
    this.#decode = DECODERS[datatype];
    this.#silence = silence * 1000;
    if (silence > 0) this.#listen(this.#silence);
  }

  /** Shows how it stands with the groups that are joined. */
  show(state: State, joins: readonly JoinOptions[]): void {
    this.#state = state;
    this.#label = labelOf(joins);
    this.#show();
  }

  #show(): void {
    const state = this.#state;
    if (this.#label === "") return this.#frame.show({ fill: "grey", shape: "ring", text: this.#frame.words("status.none") });
    if (state.kind === "joined" && this.#isSilent) this.#frame.show(this.#silentStatus());
    else this.#frame.showState(state, this.#label);
    if (state.kind === "refused") this.#frame.report(state.reason);
  }

  /** Sends a datagram on as a message: `ip`, `port` and `fromip` are the sender's, as core's `udp in` has them. */
  emit(bytes: Buffer, sender: RemoteInfo, arrival: Arrival, more?: object): void {
    if (this.#silence > 0) this.#heard();
    const { payload, parseError } = this.#decode(bytes);
    const { group } = arrival;
    const { address: ip, port } = sender;
    const msg: NodeMessage = { _msgid: this.#newId(), payload, ip, port, fromip: `${ip}:${port}`, multicast: group !== undefined };
    if (group !== undefined) {
      msg.group = group;
      msg.topic = group;
    }
    if (arrival.interface !== undefined) msg.interface = arrival.interface;
    if (parseError !== undefined) msg.parseError = parseError;
    if (more) Object.assign(msg, more);
    this.#frame.send(msg);
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #silentStatus(): NodeStatus {
    const text = this.#frame.words("status.silent", { seconds: this.#silence / 1000 });
    return { fill: "yellow", shape: "ring", text };
  }

  #heard(): void {
    this.#heardAt = performance.now();
    if (!this.#isSilent) return;
    this.#isSilent = false;
    this.#show();
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
      this.#show();
    }
    this.#listen(left > 0 ? left : this.#silence);
  }
}

function labelOf(joins: readonly JoinOptions[]): string {
  const [first] = joins;
  const more = joins.length > 1 ? ` +${joins.length - 1}` : "";
  return first ? formatEndpoint(first.group.address, first.port) + more : "";
}
