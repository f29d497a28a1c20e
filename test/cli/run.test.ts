import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import should from "should";
import { type Command, SCRIPT } from "../support/command";
import { LO } from "../support/loopback";
import { itWhere } from "../support/skip";
import { Bench } from "./bench";

describe("a run of a verb", () => {
  const bench = Bench.forEachTest();

  /** Sends datagrams of 50 kB to the group as long as more are wanted. */
  const flood = async (wantsMore: (sent: number) => boolean): Promise<void> => {
    const socket = createSocket("udp4").bind(0, LO);
    await once(socket, "listening");
    socket.setMulticastInterface(LO);
    for (let sent = 0; wantsMore(sent); sent++) {
      await new Promise((resolve) => socket.send(Buffer.alloc(50_000, "x"), bench.port, bench.group, resolve));
      await new Promise(setImmediate); // lets this process see what the command reports
    }
    socket.close();
  };

  /** A command whose standard output nobody reads any more. */
  const stuck = async (...words: readonly string[]): Promise<Command> => {
    const command = bench.verb("recv", "--group", bench.group, "--daemon", ...words);
    command.child.stdout?.removeAllListeners("data").pause();
    while (!readFileSync("/proc/net/igmp", "utf8").includes(inIgmp(bench.group))) await new Promise(setImmediate);
    const isTold = () => command.reported.some((line) => /too slow: datagrams are dropped/.test(line));
    await flood((sent) => sent < 5_000 && !isTold());
    should(isTold()).be.true();
    return command;
  };

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`with a reader that has stopped drops datagrams, prints their number, and ends within a second of ${signal}`, async () => {
      const received = await stuck();
      const start = Date.now();
      const ended = once(received.child, "exit");
      received.child.kill(signal);
      await ended;
      should(Date.now() - start).be.below(1_000);
      should(received.child.exitCode).equal(0);
      received.child.stdout?.destroy();
      await received.exit();
      should(received.reported.at(-1)).match(/^mcast: datagrams dropped: \d+ \(the reader of standard output was too slow\)$/);
    });
  }

  it("with a reader that has stopped keeps a bounded amount of memory", async () => {
    const received = await stuck();
    const before = residentOf(received);
    await flood((sent) => sent < 4_000); // 200 MB
    should(residentOf(received) - before).be.below(100 * 1024 * 1024);
  });

  it("with a reader that has stopped ends at its time-out", async () => {
    const start = Date.now();
    const received = await stuck("--timeout", "3");
    await once(received.child, "exit");
    should(Date.now() - start).be.within(2_900, 4_500);
    should(received.child.exitCode).equal(0);
  });

  it("ends without output when its reader stops reading", async () => {
    const received = await bench.recv("--daemon");
    received.child.stdout?.destroy();
    const reported = received.reported.length;
    await bench.say("-m", "one").exit();
    should(await received.exit()).equal(0);
    should(received.reported.slice(reported).filter((line) => line.startsWith("mcast:"))).be.empty();
  });

  const whyNoFull = existsSync("/dev/full") ? undefined : "no /dev/full here";
  itWhere(whyNoFull, "whose standard error cannot be written continues, and ends with the same exit code", async () => {
    const full = openSync("/dev/full", "w");
    const exitOf = async (...words: readonly string[]) => {
      const [code] = await once(spawn(process.execPath, [SCRIPT, ...words], { stdio: ["ignore", "ignore", full] }), "exit");
      return code;
    };
    const received = await bench.recv("--count", "2");
    const to = ["--iface", LO, "--port", `${bench.port}`, "--group", bench.group];
    should(await exitOf("say", "-v", "-m", "on", "--count", "2", "--interval", "0.05", ...to)).equal(0);
    should(await received.exit()).equal(0);
    should(await exitOf("say", "--iface", "eth99", "--timeout", "0.1", "-m", "late")).equal(1);
    should(await exitOf("yodel")).equal(2);
    closeSync(full);
  });

  it("with exit code 2 keeps it when the reader of standard error stops reading", async () => {
    const refused = bench.run("yodel");
    refused.child.stderr?.destroy();
    should(await refused.exit()).equal(2);
  });

  it("ends without output when the reader of a help text stops reading", async () => {
    const help = bench.run("completion", "fish");
    help.child.stdout?.destroy();
    should(await help.exit()).equal(0);
    should(help.reported).be.empty();
  });
});

function residentOf({ child }: Command): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${child.pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) * 1024;
}

function inIgmp(group: string): string {
  const bytes = group.split(".").reverse().map(Number);
  return Buffer.from(bytes).toString("hex").toUpperCase();
}
