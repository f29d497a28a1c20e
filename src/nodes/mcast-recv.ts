import type { Node, NodeAPI, NodeDef, NodeMessage } from "node-red";
import { GroupSet, McastError, multicast, quote, recvOptions } from "../lib";
import { Hearing } from "./datagram-output";
import { serveInterfaces } from "./interfaces-route";
import { hold } from "./node-shell";

export = (RED: NodeAPI): void => {
  serveInterfaces(RED);
  RED.nodes.registerType("mcast-recv", function (this: Node, config: NodeDef) {
    hold(RED, this, config, (frame) => {
      const form = { ...config };
      const options = recvOptions(form);
      const hearing = new Hearing(frame, options);
      const groups = new GroupSet(multicast, hearing, options.unicast);
      groups.join(options.joins);
      hearing.follow(groups);

      const control = (msg: NodeMessage, send: (msg: NodeMessage) => void): void => {
        const named = () => recvOptions({ ...form, groups: msg.group ?? "" }).joins;
        if (msg.action === "join") groups.join(named());
        else if (msg.action === "leave") groups.leave(named());
        else if (msg.action === "groups") send({ ...msg, payload: groups.joins.map(({ group }) => group.address) });
        else throw new McastError("action-choice", { value: quote(msg.action) });
        hearing.onState();
      };
      return {
        ...(options.control && {
          input: (msg, done, send) => {
            control(msg, send);
            done();
          },
        }),
        close: async () => {
          hearing.close();
          await groups.close();
        },
      };
    });
  });
};
