import type { Node, NodeAPI, NodeDef, NodeMessage } from "node-red";
import { formatEndpoint } from "../lib/address";
import type { RemoteInfo } from "../lib/host/system";
import { DEFAULTS, dependsOnMessage, destination, replyOptions } from "../lib/options/options";
import { encode } from "../lib/payload";
import { multicast } from "../lib/process";
import { Requester } from "../lib/requester";
import type { State } from "../lib/state";
import { serveInterfaces } from "./interfaces-route";
import { runNode } from "./node-shell";

export = (RED: NodeAPI): void => {
  serveInterfaces(RED);
  RED.nodes.registerType("mcast-say", function (this: Node, config: NodeDef) {
    runNode(RED, this, config, (shell) => {
      const form = { ...config };
      const { replies, collect } = replyOptions(form);
      // Checks what the form sets at once, with a valid value in place of what a message is to bring.
      const fixed = destination(form, { group: DEFAULTS.group, port: DEFAULTS.port });
      const varies = dependsOnMessage(form);
      let last = fixed;
      let lastMessage: Pick<NodeMessage, "topic" | "_msgid"> = {};
      const onState = (state: State): void => shell.showState(state, formatEndpoint(last.group.address, last.port));
      const onReply = (payload: Buffer, { address: ip, port }: RemoteInfo): void => {
        shell.send({ payload, ip, port, fromip: `${ip}:${port}`, ...lastMessage });
      };
      const requester = new Requester(multicast, onState);
      const sender = replies === "output" ? multicast.sender({ onState, onReply }, { isPrivate: true }) : multicast.sender({ onState });
      return {
        input: (msg, done, send) => {
          const to = varies ? destination(form, msg) : fixed;
          const bytes = encode(msg.payload, to.group.family);
          const isElsewhere = to.group.address !== last.group.address || to.port !== last.port;
          last = to;
          if (replies === "collect") {
            requester.request(to, bytes, collect, (error, { replies: collected, isTruncated }) => {
              if (error) return done(error);
              try {
                Object.assign(msg, { payload: collected });
                if (isTruncated) Object.assign(msg, { truncated: true });
                else delete msg.truncated; // of a request that the message has made before
                send(msg);
                done();
              } catch (thrown) {
                done(thrown);
              }
            });
            return;
          }
          // Reads the message here: within a socket's event nobody would catch what a foreign property throws.
          if (replies === "output") lastMessage = { topic: msg.topic, _msgid: msg._msgid };
          sender.send(to, bytes, done);
          if (isElsewhere) onState(sender.state);
        },
        close: async () => {
          await Promise.all([sender.close(), requester.close()]);
        },
      };
    });
  });
};
