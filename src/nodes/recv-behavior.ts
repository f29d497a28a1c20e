import type { Node, NodeAPI, NodeDef, NodeMessage } from "node-red";
import { formatGroup } from "../lib/address";
import type { Activity } from "../lib/diagnostics/activity";
import { McastError, quote } from "../lib/errors";
import { GroupSubscription } from "../lib/group-subscription";
import { isBlank } from "../lib/options/coerce";
import { type Fields, recvOptions } from "../lib/options/options";
import { multicast } from "../lib/process-wide/multicast";
import { DatagramOutput } from "./datagram-output";
import { sealingOf } from "./key-nodes";
import { runNode } from "./node-shell";

/** Runs an `mcast-recv` node. */
export function runRecv(RED: NodeAPI, node: Node, config: NodeDef): void {
  runNode(RED, node, config, (shell) => {
    const form: Fields = { ...config };
    const options = { ...recvOptions(form), sealing: sealingOf(RED, form.key) };
    const output = new DatagramOutput(shell, options);
    const groups = new GroupSubscription(multicast, output, options);
    const show = (): void => output.show(groups.state, groups.joins.length > 0);
    groups.join(options.joins);
    show();

    const control = (msg: NodeMessage, send: (msg: NodeMessage) => void): void => {
      const joinsOf = () => {
        if (isBlank(msg.group)) throw new McastError("group-no-value", { property: "group", source: "msg.group" });
        return recvOptions({ ...form, control: false, groups: msg.group }).joins;
      };
      if (msg.action === "activity") return send({ ...msg, payload: activityOf(groups) });
      if (msg.action === "groups")
        return send({
          ...msg,
          payload: groups.joins.map(({ group, zone }) => formatGroup(zone === undefined ? group : { ...group, zone })),
        });
      if (msg.action === "join") groups.join(joinsOf());
      else if (msg.action === "leave") groups.leave(joinsOf());
      else throw new McastError("action-choice", { value: quote(msg.action) });
      show();
    };
    return {
      ...(options.control && {
        input: (msg, done, send) => {
          control(msg, send);
          done();
        },
      }),
      close: async () => {
        output.close();
        await groups.close();
      },
    };
  });
}

// Loads the modules of the activity when they are first needed: few flows request it.
function activityOf(groups: GroupSubscription): Activity {
  const { activityOfMemberships }: typeof import("../lib/diagnostics/activity") = require("../lib/diagnostics/activity");
  return activityOfMemberships(multicast, groups.allMemberships);
}
