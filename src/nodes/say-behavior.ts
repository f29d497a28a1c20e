import type { Node, NodeAPI, NodeDef, NodeMessage } from "node-red";
import type { RemoteInfo } from "../lib/host/system";
import { DEFAULTS, type Destination, dependsOnMessage, destination, replyOptions } from "../lib/options/options";
import { encode } from "../lib/payload";
import { multicast } from "../lib/process-wide/multicast";
import { type Replies, Requester } from "../lib/requester";
import type { Sealer } from "../lib/sealed/sealer";
import type { State } from "../lib/state";
import { decodedPayload } from "./decoded-payload";
import { sealingOf } from "./key-nodes";
import { type NodeBehavior, type NodeShell, runNode } from "./node-shell";
import { SentStatus } from "./sent-status";
import { collectedStatus, collectingStatus, partialStatus, type Works } from "./status";
import { TypedInputValues } from "./typed-input-values";

type Input = NonNullable<NodeBehavior["input"]>;
/** Sends a message to its destination. */
type SendTo = (to: Destination, ...input: Parameters<Input>) => void;

/** Runs an `mcast-say` node. */
export function runSay(RED: NodeAPI, node: Node, config: NodeDef): void {
  runNode(RED, node, config, (shell) => {
    const properties = new TypedInputValues(RED, node, { ...config });
    const { form } = properties;
    // Checks the form's properties at once, with valid values in place of those that a message provides.
    const fixed = destination(form, { group: DEFAULTS.group, port: DEFAULTS.port });
    const { replies, collect, datatype } = replyOptions(form);
    const sealing = sealingOf(RED, form.key);
    const { sendTo, close } =
      replies === "collect"
        ? requests(shell, { collect, datatype })
        : datagrams(shell, { replies, datatype }, sealing && multicast.sealer(sealing));
    const input: Input = (msg, done, send) =>
      properties.read(msg, (error, values) => {
        if (error) return done(error);
        try {
          sendTo(destination(form, values), msg, done, send);
        } catch (thrown) {
          done(thrown);
        }
      });
    const varies = dependsOnMessage(form);
    return { input: varies ? input : (msg, done, send) => sendTo(fixed, msg, done, send), close };
  });
}

type DatagramOptions = Pick<ReturnType<typeof replyOptions>, "replies" | "datatype">;

// Sends each message as a datagram. Replies become messages if the node has that option; with a key it never has.
function datagrams(shell: NodeShell, { replies, datatype }: DatagramOptions, sealer: Sealer | undefined) {
  let lastMessage: Pick<NodeMessage, "topic" | "_msgid"> = {};
  const status = new SentStatus((state, works) => shell.showState(state, works));
  const onState = (state: State): void => status.onState(state);
  const onReply = (bytes: Buffer, { address: ip, port }: RemoteInfo): void => {
    shell.send({ ...decodedPayload(datatype, bytes), ip, port, fromip: `${ip}:${port}`, ...lastMessage });
  };
  const { label } = shell;
  const sender =
    replies === "output" ? multicast.sender({ label, onState, onReply }, { isPrivate: true }) : multicast.sender({ label, onState });
  const sendTo: SendTo = (to, msg, done) => {
    const plain = encode(msg.payload, to.group.family);
    const bytes = sealer ? sealer.seal(plain, to.group, to.port) : plain;
    // Reads the message here: within a socket's event an exception of a foreign property would not be caught.
    if (replies === "output") lastMessage = { topic: msg.topic, _msgid: msg._msgid };
    if (status.isSent) return sender.send(to, bytes, done); // without a closure for each datagram
    status.begin();
    sender.send(to, bytes, (error) => {
      status.end(error);
      done(error);
    });
  };
  return { sendTo, close: () => sender.close() };
}

// Sends each message as a request, and then sends it on with the collected replies.
function requests(shell: NodeShell, { collect, datatype }: Pick<ReturnType<typeof replyOptions>, "collect" | "datatype">) {
  let collected = 0;
  let lastState: State | undefined;
  const works: Works = (working, catalogue, missing) => {
    if (missing !== undefined) return partialStatus(working, catalogue, missing);
    const count = requester.collected;
    return count === undefined ? collectedStatus(collected, catalogue) : collectingStatus(count, catalogue);
  };
  const show = (state: State | undefined): void => {
    lastState = state;
    if (state) shell.showState(state, works);
  };
  const requester = new Requester(multicast, { onState: show, onReply: () => show(lastState) }, shell.label);
  const sendOn = (msg: NodeMessage, { replies, isTruncated }: Replies): void => {
    const payload = replies.map(({ payload: bytes, ip, port }) => ({ ...decodedPayload(datatype, bytes), ip, port }));
    Object.assign(msg, { payload });
    if (isTruncated) Object.assign(msg, { truncated: true });
    else delete msg.truncated; // from an earlier request of the message
  };
  const sendTo: SendTo = (to, msg, done, send) => {
    requester.request(to, encode(msg.payload, to.group.family), collect, (error, replies) => {
      if (error) return done(error);
      collected = replies.replies.length;
      show(lastState);
      try {
        sendOn(msg, replies);
        send(msg);
        done();
      } catch (thrown) {
        done(thrown);
      }
    });
  };
  return { sendTo, close: () => requester.close() };
}
