import type { NodeMessage, NodeStatus } from "node-red";
import { type Arrival, type Datatype, DECODERS, formatEndpoint, type JoinOptions, type RemoteInfo, type State } from "../lib";
import type { Frame } from "./frame";

/** How a node that hears groups shows what it hears. */
export interface HearingOptions {
  readonly joins: readonly JoinOptions[];
  readonly datatype: Datatype;
  /** Seconds without a datagram that are worth telling; 0 = never. */
  readonly silence: number;
}

/** What the nodes that hear groups have in common: a datagram as a message, and a status that also tells of silence. */
export class Hearing {
  readonly #frame: Frame;
  readonly #decode: (typeof DECODERS)[Datatype];
  readonly #label: string;
  readonly #silence: number;
  readonly #newId: () => string;
  #state: State = { kind: "closed" };
  #isSilent = false;
  #heardAt = Date.now();
  #timer: NodeJS.Timeout | undefined;

  constructor(frame: Frame, { joins, datatype, silence }: HearingOptions, newId: () => string) {
    this.#frame = frame;
    this.#decode = DECODERS[datatype];
    this.#label = labelOf(joins);
    this.#silence = silence * 1000;
    this.#newId = newId;
    if (silence > 0) this.#listen(this.#silence);
  }

  show(state: State): void {
    this.#state = state;
    if (state.kind === "joined" && this.#isSilent) this.#frame.show(this.#silentStatus());
    else this.#frame.showState(state, this.#label);
  }

  /** A datagram as the message that goes out: `ip`, `port` and `fromip` are the sender's, as core's `udp in` has them. */
  message(bytes: Buffer, sender: RemoteInfo, arrival: Arrival): NodeMessage {
    if (this.#silence > 0) this.#heard();
    const { payload, parseError } = this.#decode(bytes);
    const { group } = arrival;
    const { address: ip, port } = sender;
    const msg: NodeMessage = { _msgid: this.#newId(), payload, topic: group, group, ip, port, fromip: `${ip}:${port}`, multicast: true };
    if (arrival.interface !== undefined) msg.interface = arrival.interface;
    if (parseError !== undefined) msg.parseError = parseError;
    return msg;
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #silentStatus(): NodeStatus {
    const text = this.#frame.words("status.silent", { seconds: this.#silence / 1000 });
    return { fill: "yellow", shape: "ring", text };
  }

  #heard(): void {
    this.#heardAt = Date.now();
    if (!this.#isSilent) return;
    this.#isSilent = false;
    this.show(this.#state);
  }

  // One timer for each span of silence, not one for each datagram.
  #listen(milliseconds: number): void {
    this.#timer = setTimeout(() => this.#check(), milliseconds);
    this.#timer.unref();
  }

  #check(): void {
    const left = this.#heardAt + this.#silence - Date.now();
    if (left <= 0) {
      this.#isSilent = true;
      this.show(this.#state);
    }
    this.#listen(left > 0 ? left : this.#silence);
  }
}

function labelOf(joins: readonly JoinOptions[]): string {
  const [first] = joins;
  const more = joins.length > 1 ? ` +${joins.length - 1}` : "";
  return first ? formatEndpoint(first.group.address, first.port) + more : "";
}
