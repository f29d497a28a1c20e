import type { Node, NodeAPI, NodeDef } from "node-red";
import { type Fields, hearOptions } from "../lib/options/options";
import { loopGuard } from "../lib/process-wide/loop-guard";
import { multicast } from "../lib/process-wide/multicast";
import { Relay } from "../lib/relay/relay";
import { serveActivity } from "./activity-route";
import { DatagramOutput } from "./datagram-output";
import { serveDoctor } from "./doctor-route";
import { serveInterfaces } from "./interfaces-route";
import { sealingOf } from "./key-nodes";
import { runNode } from "./node-shell";
import { joinedStatus, relayStatus } from "./status";

export = (RED: NodeAPI): void => {
  serveActivity(RED);
  serveInterfaces(RED);
  serveDoctor(RED);
  RED.nodes.registerType("mcast-hear", function (this: Node, config: NodeDef) {
    runNode(RED, this, config, (shell) => {
      const form: Fields = { ...config };
      const options = { ...hearOptions(form), sealing: sealingOf(RED, form.key) };
      const output = new DatagramOutput(shell, options);
      const relay = new Relay({ multicast, loopGuard }, options, output);
      output.show(relay.state, true, (working, catalogue) => {
        const { heardOn, echoesOn } = relay;
        return echoesOn.length > 0 ? relayStatus(heardOn, echoesOn) : joinedStatus(working, catalogue);
      });
      return {
        close: async () => {
          output.close();
          await relay.close();
        },
      };
    });
  });
};
