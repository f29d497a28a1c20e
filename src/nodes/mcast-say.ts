import type { Node, NodeAPI, NodeDef, NodeMessage } from "node-red";
import {
  Asker,
  CLOSED,
  DEFAULTS,
  dependsOnMessage,
  destination,
  encode,
  formatEndpoint,
  multicast,
  replyOptions,
  type State,
} from "../lib";
import { serveInterfaces } from "./interfaces-route";
import { hold } from "./node-shell";
import { Throttle } from "./throttle";

export = (RED: NodeAPI): void => {
  serveInterfaces(RED);
  RED.nodes.registerType("mcast-say", function (this: Node, config: NodeDef) {
    hold(RED, this, config, (frame) => {
      const form = { ...config };
      const { replies, collect } = replyOptions(form);
      // What the form sets is checked at once, with anything good in place of what a message is to bring.
      const fixed = destination(form, { group: DEFAULTS.group, port: DEFAULTS.port });
      const varies = dependsOnMessage(form);
      let last = fixed;
      let question: Pick<NodeMessage, "topic" | "_msgid"> = {};
      let stands: State = CLOSED;
      const status = new Throttle(() => frame.showState(stands, formatEndpoint(last.group.address, last.port)));
      const show = (state: State): void => {
        stands = state;
        status.soon();
      };
      const reply = (payload: Buffer, ip: string, port: number): void => {
        frame.send({ payload, ip, port, fromip: `${ip}:${port}`, ...question });
      };
      const asker = new Asker(multicast, show);
      const sender =
        replies === "output"
          ? multicast.sender({ onState: show, onAnswer: (payload, { address, port }) => reply(payload, address, port) }, "own")
          : multicast.sender({ onState: show });
      return {
        input: (msg, done, send) => {
          const to = varies ? destination(form, msg) : fixed;
          const bytes = encode(msg.payload, to.group.family);
          const isElsewhere = to.group.address !== last.group.address || to.port !== last.port;
          last = to;
          if (replies === "collect") {
            asker.ask(to, bytes, collect, (error, answers) => {
              if (error) return done(error);
              try {
                send(Object.assign(msg, { payload: answers }));
                done();
              } catch (thrown) {
                done(thrown);
              }
            });
            return;
          }
          // Read now: within a socket's event nobody catches what that may throw.
          if (replies === "output") question = { topic: msg.topic, _msgid: msg._msgid };
          sender.send(to, bytes, done);
          if (isElsewhere) show(sender.state);
        },
        close: async () => {
          status.close();
          await Promise.all([sender.close(), asker.close()]);
        },
      };
    });
  });
};
