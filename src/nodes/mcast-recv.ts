import type { Node, NodeAPI, NodeDef } from "node-red";
import { type GroupListener, multicast, recvOptions, sumUp } from "../lib";
import { hold } from "./frame";
import { Hearing } from "./hearing";
import { serveInterfaces } from "./interfaces-route";

export = (RED: NodeAPI): void => {
  serveInterfaces(RED);
  RED.nodes.registerType("mcast-recv", function (this: Node, config: NodeDef) {
    hold(RED, this, config, (frame) => {
      const options = recvOptions({ ...config });
      const hearing = new Hearing(frame, options, { newId: RED.util.generateId, send: (msg) => this.send(msg) });
      const listener: GroupListener = {
        onDatagram: (payload, sender, arrival) => hearing.emit(payload, sender, arrival),
        onState: () => show(),
      };
      const memberships = options.joins.map((join) => multicast.join(join, listener));
      const show = () => hearing.show(sumUp(memberships.map((membership) => membership.state)));
      show();
      return {
        close: async () => {
          hearing.close();
          await Promise.all(memberships.map((membership) => membership.leave()));
        },
      };
    });
  });
};
