import { createSocket } from "node:dgram";
import { once } from "node:events";
import { existsSync } from "node:fs";
import should from "should";
import { joinedInKernel, LO } from "../../support/loopback";
import { end, hog, otherProcess } from "../../support/other-process";
import { itWhere } from "../../support/skip";
import { Bench } from "../bench";

describe("mcast recv", () => {
  const bench = Bench.forEachTest();

  it("ends after one datagram, with a line break where --line asks for it", async () => {
    const received = await bench.recv("--line", "--use-std");
    await bench.say("-m", "one").exit();
    should(await received.exit()).equal(0);
    should(received.printed.toString()).equal("one\n");
  });

  it("ends after --count datagrams", async () => {
    const received = await bench.recv("--count", "2");
    should(await bench.say("--pipe", "--size", "1").pipe("abc")).equal(0);
    should(await received.exit()).equal(0);
    should(received.printed.toString()).equal("ab");
  });

  it("prints sender, group, interface and size, and at the end the totals, only with --verbose", async () => {
    const [quiet, verbose] = [bench.verb("recv", "--group", bench.group), await bench.recv()];
    while (joinedInKernel(bench.group) < 2) await new Promise(setImmediate);
    await bench.say("-m", "hello").exit();
    await Promise.all([quiet.exit(), verbose.exit()]);
    should(quiet.reported).be.empty();
    should(verbose.reported.at(-2)).match(new RegExp(`^127\\.0\\.0\\.1:\\d+ > ${bench.group}:${bench.port} on lo, 5 bytes$`));
    should(verbose.reported.at(-1)).match(/^1 received, (0 lost, )?0 filtered$/);
  });

  itWhere(existsSync("/proc/net/udp") ? undefined : "no /proc/net/udp here", "reports what was lost just before its end", async () => {
    const received = await bench.recv("--daemon");
    received.child.kill("SIGSTOP");
    const socket = createSocket("udp4").bind(0, LO);
    await once(socket, "listening");
    socket.setMulticastInterface(LO);
    for (let sent = 0; sent < 400; sent++)
      await new Promise((resolve) => socket.send(Buffer.alloc(50_000), bench.port, bench.group, resolve));
    socket.close();
    received.child.kill("SIGINT");
    received.child.kill("SIGCONT");
    should(await received.exit()).equal(0);
    should(received.reported).matchAny(/^mcast: Datagrams lost: [1-9]/);
    should(received.reported).matchAny(/received, [1-9]\d* lost, 0 filtered$/);
  });

  it("prints with --json one object a line, with the payload as UTF-8 where it is text, and as base64 where it is not", async () => {
    const received = await bench.recv("--count", "3", "--json");
    const socket = createSocket("udp4").bind(0, LO);
    await once(socket, "listening");
    socket.setMulticastInterface(LO);
    const payloads = [Buffer.from("é\n\x1b[2J\u009b"), Buffer.from([0xff, 0x00]), Buffer.alloc(0)];
    for (const payload of payloads) await new Promise((resolve) => socket.send(payload, bench.port, bench.group, resolve));
    should(await received.exit()).equal(0);
    const lines = received.printed.toString().split("\n");
    should(lines.pop()).equal("");
    const objects = lines.map((line) => JSON.parse(line));
    const common = { group: bench.group, interface: "lo", ip: LO, port: socket.address().port };
    socket.close();
    should(objects.map(({ time, ...rest }) => rest)).deepEqual([
      { ...common, size: 9, payload: "é\n\x1b[2J\u009b", encoding: "utf8" },
      { ...common, size: 2, payload: "/wA=", encoding: "base64" },
      { ...common, size: 0, payload: "", encoding: "utf8" },
    ]);
    for (const { time } of objects) should(Math.abs(Date.now() - Date.parse(time))).be.below(60_000);
    should(received.printed.toString()).not.match(/[^\P{Cc}\n]/u);
  });

  it("passes escape sequences and line breaks into a pipe unchanged", async () => {
    const received = await bench.recv();
    await bench.say("-m", "\x1b[31mred\n\x07").exit();
    await received.exit();
    should(received.printed.toString()).equal("\x1b[31mred\n\x07");
  });

  it("ends with exit code 1 and the reason if no datagram came in time, and with 0 if one did", async () => {
    const nothing = bench.verb("recv", "--group", bench.group, "--timeout", "0.3");
    should(await nothing.exit()).equal(1);
    should(nothing.reported).deepEqual([`mcast: nothing received on ${bench.group} within 0.3 s`]);
    const some = await bench.recv("--daemon", "--timeout", "3");
    await bench.say("-m", "in time").exit();
    should(await some.exit()).equal(0);
    should(some.printed.toString()).equal("in time");
  });

  it("prints how many of --count datagrams came in time", async () => {
    const received = await bench.recv("--count", "3", "--timeout", "2");
    await bench.say("-m", "one").exit();
    should(await received.exit()).equal(0);
    should(received.reported.at(-1)).equal("mcast: 1 of 3 datagrams received within 2 s");
  });

  it("accepts only the senders of --allow", async () => {
    const one = await bench.recv("--allow", "192.0.2.1", "127.0.0.0/8");
    const none = await bench.recv("--timeout", "2", "--allow", "192.0.2.1", "192.0.2.128/25");
    await bench.say("-m", "hello").exit();
    should(await one.exit()).equal(0);
    should(await none.exit()).equal(1);
    should(none.reported.at(-1)).endWith("within 2 s; 1 from senders that --allow does not name");
  });

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`leaves its groups at ${signal}, with exit code 0`, async () => {
      const received = await bench.recv("--daemon");
      should(joinedInKernel(bench.group)).equal(1);
      should(await received.interrupt(signal)).equal(0);
      should(joinedInKernel(bench.group)).equal(0);
    });
  }

  it("waits for an interface until --timeout, and prints once that it waits, and which ones there are", async () => {
    const received = bench.run("recv", "--iface", "eth99", "--timeout", "2.5");
    should(await received.exit()).equal(1);
    const [waiting, ...rest] = received.reported;
    should(waiting).match(/^mcast: waiting for eth99\. Available: (\w+, )*lo\b/);
    should(rest).deepEqual(["mcast: nothing received on 224.0.0.1 within 2.5 s"]);
  });

  it("names the interfaces that work, and those that it waits for", async () => {
    const received = bench.run("recv", "--iface", `eth99,${LO}`, "--port", `${bench.port}`, "--group", bench.group, "--timeout", "0.5");
    should(await received.exit()).equal(1);
    should(received.reported[0]).startWith("mcast: on lo; waiting for eth99. Available: ");
  });

  it("ends with exit code 2 if the system refuses; a daemon prints the reason and retries", async () => {
    const holder = await otherProcess(hog(bench.port));
    const received = bench.verb("recv", "--group", bench.group);
    should(await received.exit()).equal(2);
    should(received.reported).have.length(1);
    should(received.reported[0]).match(new RegExp(`^mcast: Port ${bench.port} `));
    const daemon = bench.verb("recv", "--group", bench.group, "--daemon", "-v");
    await daemon.reports(/^mcast: /m);
    await end(holder);
    await daemon.reports(/^joined on lo/m);
    should(daemon.reported).deepEqual([received.reported[0], "joined on lo"]);
    should(await daemon.interrupt()).equal(0);
  });
});
