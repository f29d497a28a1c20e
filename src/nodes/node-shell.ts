import type { Node, NodeAPI, NodeDef, NodeMessage, NodeStatus } from "node-red";
import { McastError } from "../lib/errors";
import type { State } from "../lib/state";
import { ErrorRepeatLimit } from "./error-repeat-limit";
import { type Catalogue, isMcastError, toMcastError, translate } from "./messages";
import { refusedStatus, statusOf, type Works } from "./status";
import { StatusThrottle } from "./status-throttle";
import { refuseUnsetVariables } from "./unset-variables";

const CLOSE_MS = 2_000;

/** The behavior of a deployed node. */
export interface NodeBehavior {
  /** Handles a message and calls `done` when that is finished; it may throw instead. */
  input?(msg: NodeMessage, done: (error?: unknown) => void, send: (msg: NodeMessage) => void): void;
  close(): Promise<void>;
}

/**
 * Runs a node of this package: its messages, status, errors and close. Errors have their code, and their message is in the reader's
 * language. A node with invalid properties turns red, opens nothing, and fails every message with the same error. Node-RED never
 * gets an exception, and `done` is called once for each message.
 */
export function runNode(RED: NodeAPI, node: Node, config: NodeDef, open: (shell: NodeShell) => NodeBehavior): void {
  RED.nodes.createNode(node, config);
  const shell = new NodeShell(RED, node);
  const behavior = openOrRefuse(shell, () => {
    refuseUnsetVariables({ ...config });
    return open(shell);
  });
  const started = setImmediate(() => shell.start());
  node.on("input", (msg, send, done) => {
    let isDone = false;
    const doneOnce = (error?: unknown): void => {
      if (isDone) return;
      isDone = true;
      if (error === undefined) return done();
      const reason = toMcastError(error);
      if (reason.code === "ERR_MCAST_CLOSED") shell.countUnsent();
      done(translate(reason, shell.catalogue));
    };
    try {
      if (behavior.input) behavior.input(msg, doneOnce, send);
      else doneOnce();
    } catch (error) {
      doneOnce(error);
    }
  });
  node.on("close", (_removed: boolean, done: () => void) => {
    clearImmediate(started);
    shell.start();
    const closed = behavior.close().catch((error: unknown) => shell.report(error));
    void closedOrLate(closed).then(() => {
      shell.close();
      done();
    });
  });
}

// Waits until a behavior is closed, but for 2 s at most: a deploy waits for each node.
function closedOrLate(closed: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, CLOSE_MS);
    void closed.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function openOrRefuse(shell: NodeShell, open: () => NodeBehavior): NodeBehavior {
  try {
    return open();
  } catch (error) {
    shell.report(error);
    shell.show(refusedStatus(error, shell.catalogue));
    return {
      input: (_msg, done) => done(error),
      close: async () => {},
    };
  }
}

/**
 * The status and the reports of a node. It is a class so that the shells of all nodes have one shape. With a hundred shapes V8
 * looked up every property anew, which doubled the cost of a datagram that goes to a hundred nodes (measured on Node.js 20).
 */
export class NodeShell {
  /** Returns a text of the catalogue. */
  readonly catalogue: Catalogue = (key, details) => this.#RED._(`mcast.${key}`, { ...details });
  readonly #RED: NodeAPI;
  readonly #node: Node;
  readonly #statuses = new StatusThrottle(() => this.#showNow());
  readonly #reports = new ErrorRepeatLimit((error, count) => this.#reportNow(error, count));
  #statusNow: () => NodeStatus | undefined = () => ({});
  #shown = "";
  #partial: NodeJS.Immediate | undefined;
  #unsent = 0;
  #isStarted = false;
  #status: NodeStatus | undefined;
  readonly #errors: Error[] = [];
  #wires: unknown;
  #isWired = true;

  constructor(RED: NodeAPI, node: Node) {
    this.#RED = RED;
    this.#node = node;
  }

  /** The id by which the editor finds the node. In a subflow, it is the id of the node in the subflow's template. */
  get label(): string {
    const alias = "_alias" in this.#node ? this.#node._alias : undefined;
    return typeof alias === "string" ? alias : this.#node.id;
  }

  /** True if anything is wired to the node. A deploy may change the wires without creating the node anew; it then sets a new array. */
  get isWired(): boolean {
    const wires = "wires" in this.#node ? this.#node.wires : undefined;
    if (wires !== this.#wires) {
      this.#wires = wires;
      this.#isWired = !Array.isArray(wires) || wires.some((output) => output.length > 0);
    }
    return this.#isWired;
  }

  /** Sends a message on. Reports an error that a following node throws: within a socket's event it would end the process. */
  send(msg: NodeMessage): void {
    try {
      this.#node.send(msg);
    } catch (error) {
      this.report(error);
    }
  }

  /** Shows a status, unless it is shown already. At more than four statuses a second some are left out, but never the last one. */
  show(status: NodeStatus): void {
    this.#statusNow = () => status;
    this.#statuses.request();
  }

  /**
   * Shows a state as status. `works` makes the status of a state in which an interface works. A state in which others do not work is
   * shown at the end of this turn of the event loop: when an interface comes or goes, the groups of a node change one after the other.
   */
  showState(state: State, works: Works): void {
    this.#statusNow = () => statusOf(state, this.catalogue, works);
    if (state.kind !== "waiting" || state.interfaces.length === 0) return this.#statuses.request();
    this.#partial ??= setImmediate(() => {
      this.#partial = undefined;
      this.#statuses.request();
    });
  }

  /** Warns in the log and in the debug sidebar. */
  warn(text: string): void {
    this.#node.warn(text);
  }

  /** Reports an error to Catch nodes and the log: one of each kind in 10 s, with the number of those in between. */
  report(error: unknown): void {
    // An echo that a slow link did not take before the node was closed. `close` logs the number of them.
    if (isMcastError(error) && error.code === "ERR_MCAST_CLOSED") return this.countUnsent();
    this.#reports.add(isMcastError(error) ? error.reason : "foreign", error);
  }

  /** Counts a message or an echo that was not sent because the node was closed first. */
  countUnsent(): void {
    this.#unsent += 1;
  }

  /**
   * Shows the status and reports the errors that came while the flow was created. Node-RED finds a flow's Status and Catch nodes
   * only when the flow's last node exists, so these nodes would miss them (measured on Node-RED 3.1 to 5).
   */
  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    if (this.#status) this.#node.status(this.#status);
    for (const error of this.#errors) this.#node.error(error, {});
  }

  /** Ends statuses and reports, and logs the number of messages that were not sent. */
  close(): void {
    this.#statuses.close();
    this.#reports.close();
    if (this.#unsent > 0) this.warn(translate(new McastError("unsent", { count: this.#unsent }), this.catalogue).message);
    this.#node.status({});
  }

  #showNow(): void {
    const status = this.#statusNow();
    const text = JSON.stringify(status);
    if (!status || text === this.#shown) return;
    this.#shown = text;
    if (this.#isStarted) this.#node.status(status);
    else this.#status = status;
  }

  #reportNow(error: unknown, count: number): void {
    const translated = translate(error, this.catalogue, count > 1 ? ` (${count} × in 10 s)` : "");
    if (this.#isStarted) this.#node.error(translated, {});
    else this.#errors.push(translated);
  }
}
