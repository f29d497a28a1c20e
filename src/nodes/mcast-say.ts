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
      const sender = multicast.sender((state) => frame.showState(state, formatEndpoint(last.group.address, last.port)));
      return {
        input: (msg, done) => {
          last = varies ? destination(form, msg) : fixed;
          sender.send(last, encode(msg.payload, last.group.family), done);
        },
        close: () => sender.close(),
      };
    });
  });
};
