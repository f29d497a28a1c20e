import { createSocket } from "node:dgram";
import { once } from "node:events";
import should from "should";
import { joinedInKernel, LO } from "../../support/loopback";
import { end, hog, otherProcess } from "../../support/other-process";
import { Bench } from "../bench";

describe("mcast hear", () => {
  const bench = Bench.forEachTest();

  it("echoes one datagram to the group of --group, and ends", async () => {
    const echoed = await bench.listener("recv", "--group", bench.other);
    const heard = await bench.hear();
    await bench.say("-m", "again").exit();
    should(await heard.exit()).equal(0);
    should(await echoed.exit()).equal(0);
    should(echoed.printed.toString()).equal("again");
    should(heard.reported.at(-1)).match(/ on lo, 5 bytes, echoed$/);
    should(heard.printed).have.length(0);
  });

  it("ends with exit code 2 if the system refuses its groups, although it could send", async () => {
    const holder = await otherProcess(hog(bench.port));
    const heard = bench.verb("hear", "--group", bench.other, "--groups", bench.group);
    should(await heard.exit()).equal(2);
    should(heard.reported).have.length(1);
    should(heard.reported[0]).match(new RegExp(`^mcast: Port ${bench.port} is held`));
    await end(holder);
  });

  it("continues as a daemon, and prints payloads with --use-std", async () => {
    const echoed = await bench.listener("recv", "--group", bench.other, "--daemon");
    const heard = await bench.hear("--daemon", "--use-std", "--line");
    await bench.say("-m", "one").exit();
    await bench.say("-m", "two").exit();
    await Promise.all([heard.prints(8), echoed.prints(6)]);
    should(heard.printed.toString()).equal("one\ntwo\n");
    should(echoed.printed.toString()).equal("onetwo");
    should(await heard.interrupt("SIGTERM")).equal(0);
    should(joinedInKernel(bench.group)).equal(0);
  });

  it("prints with --json also whether a datagram was echoed", async () => {
    const heard = await bench.hear("--json");
    await bench.say("-m", "hello").exit();
    should(await heard.exit()).equal(0);
    should(JSON.parse(heard.printed.toString())).containEql({ payload: "hello", group: bench.group, echoed: true });
  });

  it("echoes on the interfaces of --iface where --echo-iface is not given", async () => {
    const echoed = await bench.listener("recv", "--group", bench.other);
    const heard = bench.verb("hear", "--group", bench.other, "--groups", bench.group, "-v");
    await heard.reports(/^joined on lo$/m);
    await bench.say("-m", "stays on lo").exit();
    should(await Promise.all([heard.exit(), echoed.exit()])).deepEqual([0, 0]);
    should(heard.reported).matchEach(/^joined on lo$| on lo, 11 bytes, echoed$/);
  });

  it("receives the group of --group itself without --groups, and does not echo it", async () => {
    const heard = await bench.listener("hear", "--group", bench.group, "--use-std");
    await bench.say("-m", "hello").exit();
    should(await heard.exit()).equal(0);
    should(heard.printed.toString()).equal("hello");
    should(heard.reported.at(-1)).match(/5 bytes$/);
  });

  it("refuses two groups to echo to", async () => {
    const heard = bench.run("hear", "-g", bench.group, "-g", bench.other);
    should(await heard.exit()).equal(2);
    should(heard.reported).deepEqual(["mcast: hear echoes to one group: name the groups to hear with --groups"]);
  });

  it("sends each sender the HEAR text with --acknowledge", async () => {
    await bench.hear("--daemon", "--acknowledge");
    const socket = createSocket("udp4").bind(0, LO);
    await once(socket, "listening");
    socket.setMulticastInterface(LO);
    socket.send("hello", bench.port, bench.group);
    const [reported] = await once(socket, "message");
    should(String(reported)).equal(`HEAR [ HELLO SAID ('${LO}', ${socket.address().port}) ] from ${bench.other}`);
    socket.close();
  });

  it("echoes no more a second than --max-rate", async () => {
    const echoes = await bench.listener("recv", "--group", bench.other, "--daemon");
    const heard = await bench.hear("--daemon", "--max-rate", "2");
    should(await bench.say("--pipe", "--size", "1").pipe("abcdef")).equal(0);
    await Promise.all([heard.reports(/^mcast: Echoes held back: \d+ \(at most 2 per second\)/m), echoes.prints(2)]);
    should(echoes.printed.toString()).equal("ab");
  });

  it("echoes a text that names the sender, or nothing, depending on --echo", async () => {
    const echoed = await bench.listener("recv", "--group", bench.other);
    const text = await bench.hear("--echo", "hear");
    const off = await bench.hear("--echo", "off");
    await bench.say("-m", "hello").exit();
    should(await Promise.all([text.exit(), off.exit(), echoed.exit()])).deepEqual([0, 0, 0]);
    should(echoed.printed.toString()).match(new RegExp(`^HEAR \\[ HELLO SAID \\('127\\.0\\.0\\.1', \\d+\\) \\] from ${bench.other}$`));
    should(off.reported.at(-1)).match(/5 bytes$/);
  });

  it("ends with exit code 1 and the reason if no datagram came in time", async () => {
    const heard = bench.verb("hear", "--group", bench.other, "--groups", bench.group, "--timeout", "0.3");
    should(await heard.exit()).equal(1);
    should(heard.reported).deepEqual([`mcast: nothing received on ${bench.group} within 0.3 s`]);
  });

  it("continues after any payload: STOP is a text like any other", async () => {
    const heard = await bench.hear("--daemon", "--use-std", "--line");
    await bench.say("-m", "STOP").exit();
    await bench.say("-m", "still here").exit();
    await heard.prints(16);
    should(heard.printed.toString()).equal("STOP\nstill here\n");
  });
});
