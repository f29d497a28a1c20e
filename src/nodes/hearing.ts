import type { NodeMessage, NodeStatus } from "node-red";
import { type Arrival, CLOSED, DECODERS, formatEndpoint, type JoinOptions, type RecvOptions, type RemoteInfo, type State } from "../lib";
import type { Frame } from "./frame";
import { newMessageId } from "./message-id";

/** What the nodes that hear groups have in common: a datagram as a message, and a status that also tells of silence. */
export class Hearing {
  readonly #frame: Frame;
  readonly #decode: (typeof DECODERS)[RecvOptions["datatype"]];
  #label = "";
  readonly #silence: number;
  #state: State = CLOSED;
  #isSilent = false;
  #heardAt = performance.now();
  #timer: NodeJS.Timeout | undefined;

  constructor(frame: Frame, { datatype, silence }: Pick<RecvOptions, "datatype" | "silence">) {
    this.#frame = frame;
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

  /**
   * Sends a datagram on as a message: `ip`, `port` and `fromip` are the sender's, as core's `udp in` has them. Makes no message where
   * nothing is wired.
   */
  emit(bytes: Buffer, { address: ip, port }: RemoteInfo, { group, interface: name }: Arrival, echoed?: boolean): void {
    if (this.#silence > 0) this.#heard();
    if (!this.#frame.isWired) return;
    const { payload, parseError } = this.#decode(bytes);
    const fromip = `${ip}:${port}`;
    const msg: NodeMessage =
      group === undefined
        ? { _msgid: newMessageId(), payload, ip, port, fromip, multicast: false }
        : { _msgid: newMessageId(), topic: group, payload, group, ip, port, fromip, multicast: true };
    if (name !== undefined) msg.interface = name;
    if (parseError !== undefined) msg.parseError = parseError;
    if (echoed !== undefined) msg.echoed = echoed;
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
