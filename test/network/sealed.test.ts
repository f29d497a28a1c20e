import { resolve } from "node:path";
import should from "should";
import { createKey } from "../../src/lib/sealed/group-key";
import { describeLab } from "./lab";

const GROUP = { group: "239.255.1.1", port: 5000, iface: "eth0" };
// The long run takes half a minute on two cores. On a busy machine the kernel drops datagrams that the receiver does not read in time.
const { seconds, forged } = process.env.MCAST_LONG === "1" ? { seconds: 10, forged: 20_000 } : { seconds: 2, forged: 5_000 };

describeLab("a sealed group on a network", (lab) => {
  it(`hears every good datagram at 100/s among ${forged} forged ones a second, which cost no memory`, async function () {
    this.timeout(60_000);
    const key = createKey();
    const program = ["--max-old-space-size=64", "--import", require.resolve("tsx"), resolve("test/network/besieged.ts"), key];
    const besieged = await lab.start("a", ["env", "-C", process.cwd(), process.execPath, ...program], /begun/);
    const member = await lab.agent("c");
    // Every second one looks like the datagram of another sender each time, and the others are not sealed.
    const stranger = `const s = require("dgram").createSocket({ type: "udp4", lookup: (a, _o, done) => done(null, a, 4) });
      s.bind(0, () => {
        s.setMulticastInterface("10.1.0.2");
        console.log("begun");
        const start = performance.now();
        let sent = 0;
        const next = () => {
          for (const due = (performance.now() - start) * ${forged / 1_000}; sent < due; sent += 1) {
            const forged = Buffer.alloc(96, sent % 251);
            if (sent % 2) { forged[0] = 0xfe; forged.writeUIntBE(0x800000000000 + sent, 1, 6); forged.writeUIntBE(Date.now() * 1000 % 2 ** 48, 10, 6); }
            s.send(forged, 5000, "239.255.1.1");
          }
          if (sent < ${seconds * forged}) setTimeout(next, 1);
          else s.close(() => console.log("sent " + sent));
        };
        next();
      });`;
    const attack = await lab.start("b", ["sh", "-c", `exec "$0" -e "$1" 1>&2`, process.execPath, stranger], /begun/);
    should(await member.flood({ fields: { ...GROUP, key }, count: seconds * 100, rate: 100 })).equal(undefined);
    await attack.ready(/sent \d+/);
    should(await member.say({ ...GROUP, key }, "end")).equal(undefined);
    const [line = "{}"] = await besieged.count(1);
    const { heard, wording, apart, refused, grown } = JSON.parse(line);
    const { arrived, dropped } = udpOf(lab.on("a", "grep ^Udp: /proc/net/snmp"));
    // Every datagram that the kernel delivered was opened or refused, and none that is good was refused.
    should(heard + refused.unsealed + refused.unopenable).equal(arrived);
    should(refused).containEql({ late: 0, early: 0, repeated: 0, crowded: 0 });
    should(arrived + dropped).be.aboveOrEqual(seconds * forged);
    if (dropped === 0) should(heard).equal(seconds * 100 + 1);
    should(grown).be.below(24);
    should(wording).match(/^\d+ refused: (not sealed|another key, or altered)$/);
    should(apart).be.aboveOrEqual(9.9);
  });

  it("does not receive recorded datagrams that are sent again after a restart of the receiver", async () => {
    const key = createKey();
    const [member, first] = await Promise.all([lab.agent("c"), lab.agent("a")]);
    await first.join({ ...GROUP, key });
    const recorder = `const s = require("dgram").createSocket({ type: "udp4", reuseAddr: true });
      s.bind(5000, "239.255.1.1", () => { s.addMembership("239.255.1.1", "10.1.0.2"); s.setMulticastInterface("10.1.0.2"); console.error("begun"); });
      s.once("message", (recorded) => { console.error("recorded"); setTimeout(() => s.send(recorded, 5000, "239.255.1.1", () => s.close()), 4000); });`;
    const recording = await lab.start("b", [process.execPath, "-e", recorder], /begun/);
    await member.say({ ...GROUP, key }, "open the door");
    await Promise.all([first.hears("open the door"), recording.ready(/recorded/)]);
    await first.end();
    await new Promise((settle) => setTimeout(settle, 1_100)); // a receiver refuses datagrams that are older than a second at its start
    const second = await lab.agent("a");
    const id = await second.recv({ groups: [GROUP.group], port: GROUP.port, iface: GROUP.iface, key });
    await second.until(id, /1 refused: 10\.1\.0\.2's clock is \d+ s behind/);
    await member.say({ ...GROUP, key }, "over");
    await second.count(1);
    should(second.reported).deepEqual(["over on eth0"]);
  });
});

/** The datagrams that a kernel has delivered to sockets, and those for which a socket had no room. */
function udpOf(table: string): { readonly arrived: number; readonly dropped: number } {
  const [names = [], values = []] = table.split("\n").map((line) => line.split(" "));
  const of = (name: string) => Number(values[names.indexOf(name)]);
  return { arrived: of("InDatagrams"), dropped: of("RcvbufErrors") };
}
