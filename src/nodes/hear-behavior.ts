import type { Node, NodeAPI, NodeDef } from "node-red";
import { type Fields, hearOptions } from "../lib/options/options";
import { loopGuard } from "../lib/process-wide/loop-guard";
import { multicast } from "../lib/process-wide/multicast";
import { Relay } from "../lib/relay/relay";
import { DatagramOutput } from "./datagram-output";
import { sealingOf } from "./key-nodes";
import { runNode } from "./node-shell";
import { joinedStatus, relayStatus } from "./status";

/** Runs an `mcast-hear` node. */
export function runHear(RED: NodeAPI, node: Node, config: NodeDef): void {
  runNode(RED, node, config, (shell) => {
    const form: Fields = { ...config };
    const options = { ...hearOptions(form), sealing: sealingOf(RED, form.key) };
    const output = new DatagramOutput(shell, options);
    const relay = new Relay({ multicast, loopGuard }, options, output);
    output.show(relay.state, true, (working, catalogue, missing) =>
      relay.isEchoing ? relayStatus(relay, catalogue, missing) : joinedStatus(working, catalogue, missing),
    );
    return {
      close: async () => {
        output.close();
        await relay.close();
      },
    };
  });
}
