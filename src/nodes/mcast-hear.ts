import type { Node, NodeAPI, NodeDef } from "node-red";
import { hearOptions, multicast, Relay } from "../lib";
import { hold } from "./frame";
import { Hearing } from "./hearing";
import { serveInterfaces } from "./interfaces-route";

export = (RED: NodeAPI): void => {
  serveInterfaces(RED);
  RED.nodes.registerType("mcast-hear", function (this: Node, config: NodeDef) {
    hold(RED, this, config, (frame) => {
      const options = hearOptions({ ...config });
      const hearing = new Hearing(frame, options);
      const relay = new Relay(multicast, options, {
        onDatagram: (payload, sender, arrival, echoed) => hearing.emit(payload, sender, arrival, echoed),
        onState: (state) => hearing.show(state, options.joins),
        onError: (error) => frame.report(error),
        onLoop: ({ details }) => frame.warn(frame.words("warning.loop", details)),
      });
      hearing.show(relay.state, options.joins);
      return {
        close: async () => {
          hearing.close();
          await relay.close();
        },
      };
    });
  });
};
