import { resolve } from "node:path";
import should from "should";
import { describeLab, type Lab } from "./lab";

const program = (file: string, ...words: readonly (string | number)[]) => [
  ...["env", "-C", process.cwd(), process.execPath, "--max-old-space-size=64", "--import", require.resolve("tsx")],
  ...[resolve("test/network", file), ...words.map(String)],
];

describeLab("bounds", (lab) => {
  const outcomeOf = async (file: string, ...words: readonly (string | number)[]) => {
    const watch = await lab.start("a", program(file, ...words), /begun/);
    const [line = "{}"] = await watch.count(1);
    return JSON.parse(line);
  };

  it("a link of 1 Mbit/s takes no more than 16 MiB, and each message ends: sent, refused or closed", async () => {
    slowDown(lab);
    const { ends, calls, grown, kind, warnings, closing } = await outcomeOf("slow-link.ts", "say", 60_000, 1_400);
    should(calls).equal(60_000);
    should(Object.keys(ends).sort()).deepEqual([
      "ERR_MCAST_CLOSED Closed before the message was sent",
      "ERR_MCAST_SEND The link on eth1 is slower than what is sent: N MiB (N datagrams) are waiting",
      "sent",
    ]);
    should(kind).equal("joined");
    should(warnings).deepEqual(["send-dropped"]);
    should(grown).be.below(100);
    should(closing).be.below(1_500);
  });

  it("a relay onto that link drops echoes, warns with their number, and reports no error", async () => {
    slowDown(lab);
    const { ends, grown, kind, warnings, states, closing } = await outcomeOf("slow-link.ts", "hear", 60_000, 1_400);
    should(Object.keys(ends)).not.matchAny(/ERR_MCAST_SEND/);
    should(kind).equal("joined");
    should(warnings).containEql("send-dropped");
    should(states).be.below(40);
    should(grown).be.below(100);
    should(closing).be.below(1_500);
  });

  it("65 kB replies as fast as a host can send them take 16 MiB, and the question is marked as truncated", async () => {
    const device = `const s = require("dgram").createSocket({ type: "udp4", reuseAddr: true });
      s.bind(5000, "239.255.1.1", () => { s.addMembership("239.255.1.1", "10.1.0.2"); console.error("ready"); });
      const payload = Buffer.alloc(65000);
      s.on("message", (_question, { port, address }) => {
        const next = (left) => left > 0 ? s.send(payload, port, address, () => setImmediate(next, left - 1)) : undefined;
        next(3000);
      });`;
    await lab.start("b", [process.execPath, "-e", device], /ready/);
    const { replies, bytes, isTruncated, grown } = await outcomeOf("flooded.ts", "ask");
    should(isTruncated).be.true();
    should(replies).equal(258);
    should(bytes).be.belowOrEqual(16 * 2 ** 20);
    should(grown).be.below(100);
  });

  it("datagrams of 500 senders on an unknown interface open no socket to acknowledge them, and stall nothing", async () => {
    lab.on("a", "ip -6 route add default dev eth0"); // by which an acknowledgement must not go
    const watch = await lab.start("a", program("flooded.ts", "acknowledge"), /begun/);
    lab.on("b", "for each in $(seq 500); do echo addr add fd77::$each/128 dev lo nodad; done | ip -6 -batch -");
    const crowd = `let left = 500;
      const say = (address, text, sent) => {
        const s = require("dgram").createSocket("udp6");
        s.bind(0, address, () => { s.setMulticastInterface("::%eth0"); s.send(text, 5000, "ff15::1:5", () => { s.close(); sent(); }); });
      };
      const next = () => left > 0 ? say("fd77::" + left, "x" + left--, () => setTimeout(next, 1)) : say("fd77::1", "end", () => {});
      next();`;
    lab.on("b", `'${process.execPath}' -e '${crowd}'`);
    const [line = "{}"] = await watch.count(1);
    const { heard, sending, grown, stalled } = JSON.parse(line);
    should(heard).equal(501);
    should(sending).equal(0);
    should(grown).be.below(64);
    should(stalled).be.below(400);
  });
});

function slowDown(lab: Lab): void {
  lab.on("a", "tc qdisc add dev eth1 root tbf rate 1mbit burst 20kb limit 100mb");
}
