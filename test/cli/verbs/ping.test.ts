import { createSocket } from "node:dgram";
import { once } from "node:events";
import should from "should";
import { LO } from "../../support/loopback";
import { Bench } from "../bench";

describe("mcast ping", function () {
  this.timeout(10_000);
  const bench = Bench.forEachTest();
  const ping = (...words: readonly string[]) => bench.verb("ping", "--group", bench.group, "--interval", "0.05", ...words);

  it("lists the responders, with the times and the loss of each", async () => {
    await bench.listener("hear", "--group", bench.group, "--acknowledge", "--daemon");
    const asked = ping("-c", "3");
    should(await asked.exit()).equal(0);
    const lines = asked.printed.toString().split("\n");
    should(lines[0]).equal(`PING ${bench.group}:${bench.port} on lo`);
    for (const number of [1, 2, 3])
      should(lines[number]).match(new RegExp(`^reply from ${LO} \\(this host\\): question=${number} time=\\d+\\.\\d+ ms$`));
    should(lines.slice(4, 7)).match(["", `--- ${bench.group}:${bench.port} ping statistics ---`, "3 questions sent, 1 responder"]);
    should(lines[7]).match(/^127\.0\.0\.1 \(this host\): 3 replies, 0% loss, round trip min\/avg\/max = [\d.]+\/[\d.]+\/[\d.]+ ms$/);
  });

  it("ends with 1 if no host replies", async () => {
    const asked = ping("-c", "1");
    should(await asked.exit()).equal(1);
    should(asked.printed.toString()).match(/1 question sent, nobody replied\n$/);
  });

  it("prints losses, duplicates and late replies", async () => {
    // Replies to the first question twice, to the second not at all, to the third late.
    const responder = createSocket({ type: "udp4", reuseAddr: true }).bind(bench.port, bench.group);
    await once(responder, "listening");
    responder.addMembership(bench.group, LO);
    responder.on("message", (bytes, { address, port }) => {
      const reply = `HEAR [ ${bytes.toString().toUpperCase()} SAID ('${address}', ${port}) ] from ${bench.group}`;
      const say = () => responder.send(reply, port, address);
      if (bytes.toString().endsWith(" 1")) for (let copies = 0; copies < 2; copies += 1) say();
      if (bytes.toString().endsWith(" 3")) setTimeout(say, 1_050);
    });
    const asked = ping("-c", "3");
    should(await asked.exit()).equal(0);
    responder.close();
    const printed = asked.printed.toString();
    should(printed).match(/question=1 time=.* ms \(duplicate\)\n/);
    should(printed).match(/question=3 time=.* ms \(late\)\n/);
    should(printed).match(/: 2 replies, 33% loss, 1 duplicate, 1 late, /);
  });

  it("sends questions until interrupted with --daemon, and then prints the statistics", async () => {
    await bench.listener("hear", "--group", bench.group, "--acknowledge", "--daemon");
    const asked = ping("--daemon");
    await asked.shows(/question=6/);
    should(await asked.interrupt()).equal(0);
    should(asked.printed.toString()).match(/ping statistics/);
  });

  it("counts no question that was not sent, and says so at a time-out, with the interface that it waits for", async () => {
    const asked = bench.run("ping", "-i", "eth99", "--timeout", "1");
    should(await asked.exit()).equal(1);
    should(asked.reported).match([/^mcast: waiting for eth99\. Available: /, /^mcast: nothing was sent within 1 s$/]);
    should(asked.printed.toString()).equal("\n--- 224.0.0.1:59559 ping statistics ---\n0 questions sent\n");
  });

  it("says at a time-out that nobody replied, or how many questions of --count were sent", async () => {
    const alone = ping("--daemon", "--timeout", "1");
    should(await alone.exit()).equal(1);
    should(alone.reported).deepEqual(["mcast: nobody replied within 1 s"]);
    await bench.listener("hear", "--group", bench.group, "--acknowledge", "--daemon");
    const [asked, endless] = [ping("--interval", "20", "--timeout", "1"), ping("--daemon", "--timeout", "1")];
    should([await asked.exit(), await endless.exit()]).deepEqual([0, 0]);
    should(asked.reported).deepEqual(["mcast: 1 of 4 questions sent within 1 s"]);
    should(endless.reported).be.empty();
  });

  it("ends with 1 if the interface does not appear in 10 s", async function () {
    this.timeout(20_000);
    const asked = bench.run("ping", "-i", "eth99");
    should(await asked.exit()).equal(1);
    should(asked.reported).match([/^mcast: waiting for eth99\. /, /^mcast: Not sent: waited 10 s for eth99$/]);
    should(asked.printed.toString()).match(/\n0 questions sent\n$/);
  });

  it("refuses bad usage", async () => {
    for (const words of [
      ["--count", "0"],
      ["--group", "x"],
      ["--groups", "239.255.1.1", "239.255.1.2"],
      ["--size", "5"],
    ]) {
      const asked = bench.run("ping", ...words);
      should(await asked.exit()).equal(2);
      should(asked.reported).have.length(1);
    }
  });
});
