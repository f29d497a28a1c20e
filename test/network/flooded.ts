/**
 * A program that strangers flood: `ask` collects replies for some seconds; `acknowledge` relays with acknowledgements, until a
 * datagram says "end". It prints a line of JSON with what became of the flood, and how much memory and time that took.
 */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { system } from "../../src/lib/host/system";
import { Multicast } from "../../src/lib/multicast";
import { destination, hearOptions } from "../../src/lib/options/options";
import { LoopGuard } from "../../src/lib/relay/loop-guard";
import { Relay } from "../../src/lib/relay/relay";
import { Requester } from "../../src/lib/requester";

const [verb = ""] = process.argv.slice(2);
const multicast = new Multicast(system);
const before = process.memoryUsage().rss;
const delay = monitorEventLoopDelay({ resolution: 5 });
let peak = before;
const watch = setInterval(() => {
  peak = Math.max(peak, process.memoryUsage().rss);
}, 20);

function report(outcome: object): void {
  clearInterval(watch);
  const grown = Math.round((peak - before) / 2 ** 20);
  process.stdout.write(`${JSON.stringify({ ...outcome, grown, stalled: Math.round(delay.max / 1e6) })}\n`);
}

function ask(): void {
  const requester = new Requester(multicast, { onState: () => {} });
  const to = destination({ group: "239.255.1.1", port: 5000, iface: "eth0" });
  requester.request(to, Buffer.from("who?"), 4_000, (_error, { replies, isTruncated }) => {
    const bytes = replies.reduce((sum, { payload }) => sum + payload.length, 0);
    report({ replies: replies.length, bytes, isTruncated });
    void requester.close();
  });
}

function acknowledge(): void {
  let heard = 0;
  const fields = { group: "ff15::99", groups: ["ff15::1:5"], port: 5000, iface: "eth0", echoIface: "eth0", echo: "off", acknowledge: true };
  const relay = new Relay({ multicast, loopGuard: new LoopGuard() }, hearOptions(fields), {
    onDatagram: (payload) => {
      heard += 1;
      if (String(payload) !== "end") return;
      report({ heard, sending: multicast.sockets.sending });
      void relay.close();
    },
  });
}

delay.enable();
if (verb === "ask") ask();
else acknowledge();
process.stderr.write("begun\n");
