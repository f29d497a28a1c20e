import type { Node, NodeAPI, NodeDef, NodeMessage } from "node-red";
import { type GroupListener, type JoinOptions, McastError, type Membership, multicast, recvOptions, sumUp } from "../lib";
import { hold } from "./frame";
import { Hearing } from "./hearing";
import { serveInterfaces } from "./interfaces-route";

export = (RED: NodeAPI): void => {
  serveInterfaces(RED);
  RED.nodes.registerType("mcast-recv", function (this: Node, config: NodeDef) {
    hold(RED, this, config, (frame) => {
      const form = { ...config };
      const options = recvOptions(form);
      const hearing = new Hearing(frame, options, { newId: RED.util.generateId, send: (msg) => this.send(msg) });
      const listener: GroupListener = {
        onDatagram: (payload, sender, arrival) => hearing.emit(payload, sender, arrival),
        onState: () => show(),
      };
      const joined = new Map<string, Membership>();
      const join = (wanted: JoinOptions): void => {
        const key = keyOf(wanted);
        if (!joined.has(key)) joined.set(key, multicast.join(wanted, listener));
      };
      const leave = (unwanted: JoinOptions): void => {
        void joined.get(keyOf(unwanted))?.leave();
        joined.delete(keyOf(unwanted));
      };
      for (const each of options.joins) join(each);
      // What is sent to this host itself comes for each family in which it has a group.
      const families = new Map(options.joins.map((each) => [each.group.family, each]));
      const listening = options.unicast ? [...families.values()].map((each) => multicast.listen(each, listener)) : [];
      const show = () => {
        const memberships = [...joined.values()];
        const states = [...memberships, ...listening].map(({ state }) => state);
        hearing.show(
          sumUp(states),
          memberships.map((membership) => membership.options),
        );
      };
      show();

      const obey = (msg: NodeMessage, send: (msg: NodeMessage) => void): void => {
        const named = () => recvOptions({ ...form, groups: msg.group ?? "" }).joins;
        switch (msg.action) {
          case "join":
            named().forEach(join);
            return show();
          case "leave":
            named().forEach(leave);
            return show();
          case "groups":
            return send({ ...msg, payload: [...joined.values()].map(({ options: { group } }) => group.address) });
          default:
            throw new McastError("action-choice", { value: String(msg.action) });
        }
      };
      return {
        ...(options.control && {
          input: (msg, done, send) => {
            obey(msg, send);
            done();
          },
        }),
        close: async () => {
          hearing.close();
          await Promise.all([...joined.values(), ...listening].map((membership) => membership.leave()));
        },
      };
    });
  });
};

function keyOf({ group, iface }: JoinOptions): string {
  return `${group.address} ${iface}`;
}
