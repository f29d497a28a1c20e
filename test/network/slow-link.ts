/**
 * A program that sends more than its link takes: `say` sends messages on eth1; `hear` relays from eth0, which is fast, to eth1.
 * It prints a line of JSON with what became of them and how much memory that took.
 */
import { setTimeout } from "node:timers/promises";
import type { McastError } from "../../src/lib/errors";
import { system } from "../../src/lib/host/system";
import { Multicast } from "../../src/lib/multicast";
import { destination, hearOptions } from "../../src/lib/options/options";
import { LoopGuard } from "../../src/lib/relay/loop-guard";
import { Relay } from "../../src/lib/relay/relay";
import type { State } from "../../src/lib/state";

const [verb = "", count = "0", size = "0"] = process.argv.slice(2);
const multicast = new Multicast(system);
const payload = Buffer.alloc(Number(size), 1);
const states: State[] = [];
const ends: Record<string, number> = {};
let calls = 0;
let peak = 0;

const note = (error?: McastError): void => {
  calls += 1;
  const end = error ? `${error.code} ${error.message.replace(/\d+ MiB \(\d+ /, "N MiB (N ")}` : "sent";
  ends[end] = (ends[end] ?? 0) + 1;
};

async function flood(iface: string, sent: (error?: McastError) => void): Promise<() => Promise<void>> {
  const sender = multicast.sender({ onState: (state) => verb === "say" && states.push(state) });
  const to = destination({ group: "239.255.1.1", port: 5000, iface });
  for (let each = 0; each < Number(count); each += 1) {
    // A flow that reuses nothing: each message has bytes of its own.
    payload.writeUInt32BE(each);
    sender.send(to, Buffer.from(payload), sent);
    if (each % 40 === 0) await setTimeout(0);
    peak = Math.max(peak, process.memoryUsage().rss);
  }
  return () => sender.close();
}

async function run(): Promise<void> {
  const before = process.memoryUsage().rss;
  let echoed = 0;
  const relay =
    verb === "hear"
      ? new Relay(
          { multicast, loopGuard: new LoopGuard() },
          hearOptions({ group: "239.255.1.9", groups: ["239.255.1.1"], port: 5000, iface: "eth0", echoIface: "eth1" }),
          {
            onDatagram: (_payload, _sender, _arrival, isEchoed) => (echoed += Number(isEchoed)),
            onState: (state) => states.push(state),
            onError: note,
          },
        )
      : undefined;
  const close = await flood(verb === "hear" ? "eth0" : "eth1", verb === "hear" ? () => {} : note);
  const state = states.at(-1);
  const atClose = calls;
  const since = performance.now();
  await Promise.all([close(), relay?.close()]);
  const warnings = state && "warnings" in state ? state.warnings.map(({ reason }) => reason) : [];
  const grown = Math.round((peak - before) / 2 ** 20);
  const closing = Math.round(performance.now() - since);
  process.stdout.write(
    `${JSON.stringify({ grown, ends, calls, atClose, echoed, states: states.length, kind: state?.kind, warnings, closing })}\n`,
  );
}

process.stderr.write("begun\n");
void run();
