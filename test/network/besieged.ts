/**
 * A program that receives a sealed group while strangers send forged datagrams, until a sealed one says "end". It prints a line of JSON with
 * what was heard and refused, how much memory that took, and the seconds between two wordings of the warning. Its argument is the key.
 */
import { system } from "../../src/lib/host/system";
import { Multicast } from "../../src/lib/multicast";
import { joinOptions } from "../../src/lib/options/options";
import { readSealing } from "../../src/lib/sealed/sealing-options";

const [key = ""] = process.argv.slice(2);
const multicast = new Multicast(system);
let heard = 0;
let wording: string | undefined;
let wordedAt: number | undefined;
let apart = Number.MAX_VALUE;
let before = 0;
let peak = 0;

const watch = setInterval(() => {
  const { rss } = process.memoryUsage();
  // The first second compiles the code that opens and refuses.
  if (heard >= 100 && before === 0) before = rss;
  if (before > 0) peak = Math.max(peak, rss);
}, 20);

const sealing = readSealing({ key });
if (!sealing) throw new Error("no key was given");
const options = joinOptions({ group: "239.255.1.1", port: 5000, iface: "eth0" });
const sealed = multicast.sealedGroup(options, sealing);
const listener = {
  onDatagram: (payload: Buffer) => {
    heard += 1;
    if (String(payload) === "end") report();
  },
  // The state changes for lost datagrams too, every 2 s.
  onState: () => {
    const [warning] = sealed.warnings;
    if (warning?.message === wording) return;
    const now = multicast.now() / 1_000;
    if (wordedAt !== undefined) apart = Math.min(apart, now - wordedAt);
    wording = warning?.message;
    wordedAt = now;
  },
};
const membership = multicast.join(options, listener, sealed);
process.stderr.write("begun\n");

function report(): void {
  clearInterval(watch);
  process.stdout.write(
    `${JSON.stringify({ heard, wording, apart, refused: sealed.refused, grown: Math.round((peak - before) / 2 ** 20) })}\n`,
  );
  void membership.leave();
}
