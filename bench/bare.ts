import { createSocket } from "node:dgram";
import type { Subject } from "./contenders";
import { meter } from "./meter";
import { LO } from "./ports";

/** Does the same work with node:dgram only, as a program without Node-RED would. */
export async function startBare({ role, groups: [group = ""], port, to }: Subject): Promise<void> {
  const echo = await speaker(to ?? { group, port });
  if (role === "say") {
    meter.say = (payload) => echo(payload);
    return;
  }
  const socket = createSocket({ type: "udp4", reuseAddr: true });
  await new Promise<void>((resolve) => socket.bind(port, resolve));
  socket.addMembership(group, LO);
  socket.on("message", role === "hear" ? echo : (payload) => meter.handle(payload));
}

async function speaker({ group, port }: { group: string; port: number }): Promise<(payload: Buffer) => void> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, resolve));
  socket.setMulticastInterface(LO);
  const sent = (): void => {};
  return (payload) => socket.send(payload, port, group, sent);
}
