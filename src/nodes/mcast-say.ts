import type { Node, NodeAPI, NodeDef } from "node-red";
import { DEFAULTS, dependsOnMessage, destination, encode, formatEndpoint, multicast } from "../lib";
import { hold } from "./frame";
import { serveInterfaces } from "./interfaces-route";

export = (RED: NodeAPI): void => {
  serveInterfaces(RED);
  RED.nodes.registerType("mcast-say", function (this: Node, config: NodeDef) {
    hold(RED, this, config, (frame) => {
      const form = { ...config };
      // What the form sets is checked at once, with anything good in place of what a message is to bring.
      const fixed = destination(form, { group: DEFAULTS.group, port: DEFAULTS.port });
      const varies = dependsOnMessage(form);
      let last = fixed;
      const show = () => frame.showState(sender.state, formatEndpoint(last.group.address, last.port));
      const sender = multicast.sender(show);
      return {
        input: (msg, done) => {
          const to = varies ? destination(form, msg) : fixed;
          const bytes = encode(msg.payload, to.group.family);
          last = to;
          sender.send(to, bytes, done);
          if (varies) show();
        },
        close: () => sender.close(),
      };
    });
  });
};
