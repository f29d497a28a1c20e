import type { Node, NodeAPI, NodeDef } from "node-red";
import { hearOptions } from "../lib/options/options";
import { loopGuard, multicast } from "../lib/process";
import { Relay } from "../lib/relay/relay";
import { DatagramOutput } from "./datagram-output";
import { serveInterfaces } from "./interfaces-route";
import { runNode } from "./node-shell";

export = (RED: NodeAPI): void => {
  serveInterfaces(RED);
  RED.nodes.registerType("mcast-hear", function (this: Node, config: NodeDef) {
    runNode(RED, this, config, (shell) => {
      const options = hearOptions({ ...config });
      const output = new DatagramOutput(shell, options);
      const relay = new Relay({ multicast, loopGuard }, options, output);
      output.show(relay.state, relay.joins);
      return {
        close: async () => {
          output.close();
          await relay.close();
        },
      };
    });
  });
};
