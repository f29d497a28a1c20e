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

    return {
      ...(options.control && {
        input: (msg, done, send) => {
          if (applyAction(msg, send, { groups, form })) show();
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

interface Controlled {
  readonly groups: GroupSubscription;
  readonly form: Fields;
}

// Applies the action of a control message. Returns true if the groups may have changed. Throws for an invalid message.
function applyAction(msg: NodeMessage, send: (msg: NodeMessage) => void, { groups, form }: Controlled): boolean {
  const joinsOf = () => {
    if (isBlank(msg.group)) throw new McastError("group-no-value", { property: "group", source: "msg.group" });
    return recvOptions({ ...form, control: false, groups: msg.group }).joins;
  };
  switch (msg.action) {
    case "join":
      groups.join(joinsOf());
      return true;
    case "leave":
      groups.leave(joinsOf());
      return true;
    case "groups":
      send({ ...msg, payload: groups.joins.map(({ group: { address }, zone }) => formatGroup({ address, zone })) });
      return false;
    case "activity":
      send({ ...msg, payload: activityOf(groups) });
      return false;
    default:
      throw new McastError("action-choice", { value: quote(msg.action) });
  }
}

// Loads the modules of the activity when they are first needed: few flows request it.
function activityOf(groups: GroupSubscription): Activity {
  const { activityOfMemberships }: typeof import("../lib/diagnostics/activity") = require("../lib/diagnostics/activity");
  return activityOfMemberships(multicast, groups.allMemberships);
}
