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
      "ERR_MCAST_CLOSED closed before the message was sent",
      "ERR_MCAST_SEND the link on eth1 is slower than what is sent: N MiB (N datagrams) are waiting",
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
});

function slowDown(lab: Lab): void {
  lab.on("a", "tc qdisc add dev eth1 root tbf rate 1mbit burst 20kb limit 100mb");
}
