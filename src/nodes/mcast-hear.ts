import type { Node, NodeAPI, NodeDef } from "node-red";
import { hearOptions, multicast, Relay } from "../lib";
import { Hearing } from "./datagram-output";
import { serveInterfaces } from "./interfaces-route";
import { hold } from "./node-shell";

export = (RED: NodeAPI): void => {
  serveInterfaces(RED);
  RED.nodes.registerType("mcast-hear", function (this: Node, config: NodeDef) {
    hold(RED, this, config, (frame) => {
      const options = hearOptions({ ...config });
      const hearing = new Hearing(frame, options);
      const relay = new Relay(multicast, options, hearing);
      hearing.follow(relay);
      return {
        close: async () => {
          hearing.close();
          await relay.close();
        },
      };
    });
  });
};
