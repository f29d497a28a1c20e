import { Socket } from "node:dgram";
import { setTimeout as pause } from "node:timers/promises";
import { activityCost } from "./activity-cost";
import { startBare } from "./bare";
import type { Subject } from "./contenders";
import { serve } from "./helper-process";
import { joinMany } from "./join-many";
import { countSends, meter } from "./meter";
import { startNodeRed } from "./node-red";
import { sealingCost } from "./sealing-cost";
import { standIn } from "./stand-in";

async function start(subject: Subject): Promise<void> {
  if (subject.standIn) standIn();
  else countSends();
  if (subject.mostBuffer !== undefined) limitBuffers(subject.mostBuffer);
  if (subject.contender === "bare") await startBare(subject);
  else await startNodeRed(subject);
  await pause(150); // `udp out` opens its socket 75 ms after the deploy
}

function limitBuffers(most: number): void {
  const { setRecvBufferSize } = Socket.prototype;
  Object.assign(Socket.prototype, {
    setRecvBufferSize(this: Socket, bytes: number) {
      setRecvBufferSize.call(this, Math.min(bytes, most));
    },
  });
}

/** Returns the CPU time, in microseconds, of an idle period of some milliseconds. */
async function idle({ milliseconds }: { milliseconds: number }): Promise<number> {
  const before = process.cpuUsage();
  await pause(milliseconds);
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

serve({
  start,
  begin: (details: { ages?: boolean }) => meter.begin(details),
  end: () => meter.end(),
  say: (details: { count: number; bytes: number }) => meter.drive("say", details),
  inject: (details: { count: number; bytes: number }) => meter.drive("inject", details),
  stall: (details: { after: number; milliseconds: number }) => meter.stall(details),
  joinMany,
  activityCost,
  sealing: sealingCost,
  idle,
});
