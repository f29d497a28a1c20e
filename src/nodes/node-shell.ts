import type { Node, NodeAPI, NodeDef, NodeMessage, NodeStatus } from "node-red";
import type { State } from "../lib";
import { asOurs, inWords, statusOf, type Words } from "./messages";

const CLOSE_MS = 2_000;

/** What a deployed node does: it takes messages, perhaps, and it can be closed. */
export interface Live {
  /** Calls `done` once the message is dealt with; it may throw instead. */
  input?(msg: NodeMessage, done: (error?: unknown) => void, send: (msg: NodeMessage) => void): void;
  close(): Promise<void>;
}

/**
 * Opens a node of this package and keeps it: its messages, its status, its errors, its end. An error goes out with its code, in
 * the reader's language. A configuration that can't be leaves a red node that holds nothing open and answers every message with
 * that error. Nothing is thrown at Node-RED.
 */
export function hold(RED: NodeAPI, node: Node, config: NodeDef, open: (frame: Frame) => Live): void {
  RED.nodes.createNode(node, config);
  const frame = new Frame(RED, node);
  const live = openOrRefuse(frame, open);
  const begun = setImmediate(() => frame.begin());
  node.on("input", (msg, send, done) => {
    let isDone = false;
    const once = (error?: unknown): void => {
      if (isDone) return;
      isDone = true;
      done(error === undefined ? undefined : inWords(asOurs(error), frame.words));
    };
    try {
      if (live.input) live.input(msg, once, send);
      else once();
    } catch (error) {
      once(error);
    }
  });
  node.on("close", (_removed: boolean, done: () => void) => {
    clearImmediate(begun);
    frame.begin();
    const late = setTimeout(done, CLOSE_MS);
    const end = (): void => {
      clearTimeout(late);
      node.status({});
      done();
    };
    live.close().then(end, (error: unknown) => {
      frame.report(error);
      end();
    });
  });
}

function openOrRefuse(frame: Frame, open: (frame: Frame) => Live): Live {
  try {
    return open(frame);
  } catch (error) {
    frame.report(error);
    frame.show({ fill: "red", shape: "ring", text: inWords(error, frame.words).message });
    return {
      input: (_msg, done) => done(error),
      close: async () => {},
    };
  }
}

/**
 * What a node has to tell the flow's author. A class, so that all nodes' frames have one shape: with a hundred shapes V8 looks up
 * each property of each, which doubled what a datagram costs that goes to a hundred nodes (measured).
 */
export class Frame {
  /** A text of the catalogue. */
  readonly words: Words = (key, details) => this.#RED._(`mcast.${key}`, { ...details });
  readonly #RED: NodeAPI;
  readonly #node: Node;
  #shown = "";
  #reported = "";
  #isBegun = false;
  #status: NodeStatus | undefined;
  readonly #errors: Error[] = [];
  #wires: unknown;
  #isWired = true;

  constructor(RED: NodeAPI, node: Node) {
    this.#RED = RED;
    this.#node = node;
  }

  /** Whether anything is wired to the node. A deploy may change that without making the node anew: it then gives it other wires. */
  get isWired(): boolean {
    const wires = "wires" in this.#node ? this.#node.wires : undefined;
    if (wires !== this.#wires) {
      this.#wires = wires;
      this.#isWired = !Array.isArray(wires) || wires.some((output) => output.length > 0);
    }
    return this.#isWired;
  }

  /** Sends a message on. What it meets on its way is reported: within a socket's event it would end the process. */
  send(msg: NodeMessage): void {
    try {
      this.#node.send(msg);
    } catch (error) {
      this.report(error);
    }
  }

  /** Shows a status; the one that is shown already is not shown again. */
  show(status: NodeStatus): void {
    const text = JSON.stringify(status);
    if (text === this.#shown) return;
    this.#shown = text;
    if (this.#isBegun) this.#node.status(status);
    else this.#status = status;
  }

  /** Shows a state under its label. */
  showState(state: State, label: string): void {
    this.show(statusOf(state, label, this.words));
    if (state.kind === "joined") this.#reported = "";
  }

  /** Warns in the log and in the debug sidebar. */
  warn(text: string): void {
    this.#node.warn(text);
  }

  /** Reports an error to Catch nodes and the log; one that comes again is reported once, until all is joined again or another came. */
  report(error: unknown): void {
    const told = inWords(error, this.words);
    if (told.message === this.#reported) return;
    this.#reported = told.message;
    if (this.#isBegun) this.#node.error(told, {});
    else this.#errors.push(told);
  }

  /**
   * Says what there was to say while the flow was being made. Node-RED finds the Status and Catch nodes of a flow only when its last
   * node is there (measured, 3.1 to 5): they would never know.
   */
  begin(): void {
    if (this.#isBegun) return;
    this.#isBegun = true;
    if (this.#status) this.#node.status(this.#status);
    for (const error of this.#errors) this.#node.error(error, {});
  }
}
