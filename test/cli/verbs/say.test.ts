import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import should from "should";
import { type Command, SCRIPT } from "../../support/command";
import { freePort, LO } from "../../support/loopback";
import { end, hog, otherProcess } from "../../support/other-process";
import { itWhere } from "../../support/skip";
import { OnTerminal, whyNoTerminal } from "../../support/terminal";
import { Bench } from "../bench";

describe("mcast say", () => {
  const bench = Bench.forEachTest();
  const texts = async (received: Command, count: number): Promise<readonly string[]> => {
    await received.shows(new RegExp(`(.*\n){${count}}`));
    return received.printed.toString().split("\n").slice(0, -1);
  };

  describe("--message", () => {
    it("sends its words as one datagram", async () => {
      const received = await bench.recv();
      should(await bench.say("-m", "hello", "big  world").exit()).equal(0);
      should(await received.exit()).equal(0);
      should(received.printed.toString()).equal("hello big  world");
    });

    it("sends an empty text as an empty datagram", async () => {
      const received = await bench.recv();
      should(await bench.say("-m", "").exit()).equal(0);
      should(await received.exit()).equal(0);
      should(received.reported.at(-2)).match(/, 0 bytes$/);
    });

    it("sends the words after -- as text, even if they look like a flag", async () => {
      const received = await bench.recv();
      should(await bench.say("-m", "--", "-i", "lo").exit()).equal(0);
      await received.exit();
      should(received.printed.toString()).equal("-i lo");
    });

    it("sends negative numbers, and a word with a blank, as text", async () => {
      const received = await bench.recv();
      should(await bench.say("-m", "-5", "--not a flag").exit()).equal(0);
      await received.exit();
      should(received.printed.toString()).equal("-5 --not a flag");
    });

    const whyNoBytes = existsSync("/proc/self/cmdline") ? undefined : "no /proc/self/cmdline here";
    itWhere(whyNoBytes, "refuses text that is not UTF-8, which Node.js would change, and sends U+FFFD itself", async () => {
      const received = await bench.recv();
      const line = `exec ${process.execPath} ${SCRIPT} say -i ${LO} -p ${bench.port} -g ${bench.group} -m`;
      const inLatin1 = await promisify(execFile)("sh", ["-c", `${line} "$(printf 'caf\\351')"`]).catch((error: unknown) => error);
      should(inLatin1).containEql({ code: 2, stderr: "mcast: the text of --message is not UTF-8: send bytes with --pipe\n" });
      should(await bench.say("-m", "caf\ufffd").exit()).equal(0);
      await received.exit();
      should(received.printed.toString()).equal("caf\ufffd");
    });

    it("sends nothing where an empty variable lets a flag follow", async () => {
      const received = await bench.recv("--timeout", "1");
      const said = bench.run("say", "--group", bench.group, "--port", `${bench.port}`, "--message", "-i", "lo");
      should(await said.exit()).equal(2);
      should(said.reported).have.length(1);
      should(said.reported[0]).match(/^mcast: --message needs text, but '-i' follows/);
      should(await received.exit()).equal(1);
    });

    it("reads standard input for a lone dash", async () => {
      const received = await bench.recv();
      should(await bench.say("-m", "-").pipe("from the pipe")).equal(0);
      await received.exit();
      should(received.printed.toString()).equal("from the pipe");
    });

    it("is repeated --count times, --interval seconds apart", async () => {
      const received = await bench.recv("--count", "3", "--json");
      should(await bench.say("-m", "again", "--count", "3", "--interval", "0.2").exit()).equal(0);
      should(await received.exit()).equal(0);
      const times = received.printed
        .toString()
        .trim()
        .split("\n")
        .map((line) => Date.parse(JSON.parse(line).time));
      should((times[2] ?? 0) - (times[0] ?? 0)).be.aboveOrEqual(390);
    });

    it("is repeated until interrupted where --interval stands alone", async () => {
      const received = await bench.recv("--daemon", "--line");
      const said = bench.say("-m", "again", "--interval", "0.05");
      should(await texts(received, 3)).containEql("again");
      should(await said.interrupt()).equal(0);
    });

    it("is repeated no longer than --timeout allows, and the end says how often of --count", async () => {
      const repeat = (...flags: readonly string[]) => bench.verb("say", "-m", "again", "--timeout", "1", ...flags);
      const endless = repeat("--interval", "0.1");
      const counted = repeat("--count", "100", "--interval", "0.3");
      const toBoth = repeat("--groups", bench.group, bench.other, "--count", "9", "--interval", "20");
      should(await Promise.all([endless, counted, toBoth].map((each) => each.exit()))).deepEqual([0, 0, 0]);
      should(endless.reported).be.empty();
      should(counted.reported).match([/^mcast: [1-4] of 100 datagrams sent within 1 s$/]);
      should(toBoth.reported).deepEqual(["mcast: 2 of 18 datagrams sent within 1 s"]);
    });
  });

  describe("with groups", () => {
    for (const [claim, flags] of [
      ["--groups", (one: string, two: string) => ["--groups", one, two]],
      ["a repeated -g", (one: string, two: string) => ["-g", one, "-g", two]],
    ] as const) {
      it(`sends to every one of ${claim}, and prints the destinations`, async () => {
        const both = await bench.listener("recv", ...flags(bench.group, bench.other), "--daemon", "--line");
        const said = bench.verb("say", ...flags(bench.group, bench.other), "-v", "-m", "all");
        should(await said.exit()).equal(0);
        await both.prints(8);
        should(both.printed.toString()).equal("all\nall\n");
        should(said.reported).deepEqual([`3 bytes > ${bench.group}:${bench.port} on lo`, `3 bytes > ${bench.other}:${bench.port} on lo`]);
      });
    }

    // IPv6 multicast does not work on the loopback interface.
    it("sends to the others if it cannot send to the first one, and ends with exit code 2 and the reason", async () => {
      const received = await bench.recv();
      const said = bench.verb("say", "--groups", "ff05::1234", bench.group, "-m", "all");
      should(await received.exit()).equal(0);
      should(received.printed.toString()).equal("all");
      should(await said.exit()).equal(2);
      should(said.reported.at(-1)).match(/^mcast: (No network|Not sent)/);
    });

    it("sends once to a group that is named twice", async () => {
      const said = bench.say("--groups", bench.group, "-v", "-m", "once");
      should(await said.exit()).equal(0);
      should(said.reported).deepEqual([`4 bytes > ${bench.group}:${bench.port} on lo`]);
    });
  });

  describe("--pipe", () => {
    it("sends bytes unchanged, in datagrams of at most 1400 bytes or of --size", async () => {
      const bytes = randomBytes(300_000);
      for (const [size, flags] of [
        [1400, []],
        [9000, ["--size", "9000"]],
      ] as const) {
        const received = await bench.recv("--daemon");
        should(await bench.say("--pipe", ...flags).pipe(bytes)).equal(0);
        await received.prints(bytes.length);
        should(await received.interrupt()).equal(0);
        should(received.printed.equals(bytes)).be.true();
        const sizes = received.reported.flatMap((line) => /, (\d+) bytes$/.exec(line)?.[1] ?? []).map(Number);
        should(Math.max(...sizes)).equal(size);
      }
    });

    it("sends input as soon as it arrives", async () => {
      const received = await bench.recv("--daemon");
      const said = bench.say("--pipe");
      said.child.stdin?.write("first");
      await received.prints(5);
      should(await said.pipe("second")).equal(0);
      await received.prints(11);
    });

    it("sends with --lines each line as one datagram, without its line break", async () => {
      const received = await bench.recv("--count", "4", "--line");
      should(await bench.say("--pipe", "--lines").pipe("$GPGGA,1\r\n$GPGGA,2\n\nlast")).equal(0);
      should(await received.exit()).equal(0);
      should(received.printed.toString()).equal("$GPGGA,1\n$GPGGA,2\n\nlast\n");
    });

    it("sends no line that is too long for a datagram of the group, and names the line", async () => {
      for (const [most, words] of [
        [65507, ["--group", bench.group]],
        [65507, ["--groups", "ff05::1234", bench.group]],
        [65527, ["--group", "ff05::1234"]],
      ] as const) {
        const said = bench.verb("say", ...words, "--pipe", "--lines");
        should(await said.pipe(`${"x".repeat(most + 1)}\n`)).equal(2);
        should(said.reported).deepEqual([`mcast: line 1 is longer than one datagram (at most ${most} bytes)`]);
      }
    });

    it("is what say does without a message, where standard input is a pipe", async () => {
      const received = await bench.recv();
      should(await bench.say().pipe("piped")).equal(0);
      await received.exit();
      should(received.printed.toString()).equal("piped");
    });

    it("reads no faster than it sends", async () => {
      const said = bench.verb("say", "--group", bench.group, "--iface", "eth99", "--pipe");
      const { stdin } = said.child;
      stdin?.write(Buffer.alloc(8 * 1024 * 1024));
      await said.reports(/waiting for eth99/);
      should(stdin?.writableNeedDrain).be.true();
      should(await said.interrupt()).equal(0);
    });

    it("ends at --timeout, and reports that standard input did not end", async () => {
      const said = bench.say("--pipe", "--timeout", "1");
      said.child.stdin?.write("first");
      should(await said.exit()).equal(0);
      should(said.reported).deepEqual(["mcast: standard input did not end within 1 s; datagrams sent: 1"]);
    });

    it("ends with exit code 1 and the reason if standard input is empty", async () => {
      const said = bench.say("--pipe");
      should(await said.pipe("")).equal(1);
      should(said.reported).deepEqual(["mcast: nothing was sent: standard input is empty"]);
    });
  });

  describe("on a terminal", () => {
    itWhere(whyNoTerminal(), "refuses to start with neither --message nor --pipe", async () => {
      const said = new OnTerminal("say", "--iface", LO, "--group", bench.group);
      should(await said.exit()).equal(2);
      should(said.shown).match(/^mcast: nothing to send: give either --message or --pipe\r\n$/);
    });
  });

  it("sends from a fixed port", async () => {
    const from = await freePort();
    const received = await bench.recv();
    should(await bench.say("--source-port", `${from}`, "-m", "fixed").exit()).equal(0);
    await received.exit();
    should(received.reported.at(-2)).equal(`${LO}:${from} > ${bench.group}:${bench.port} on lo, 5 bytes`);
  });

  // The loopback interface delivers even what is sent without loopback: test/network tries that on networks of their own.
  it("takes a TTL, and the choice of no loopback", async () => {
    const received = await bench.recv("--daemon");
    should(await bench.say("--ttl", "0", "--no-loopback", "-m", "hello").exit()).equal(0);
    await received.prints(5);
  });

  it("waits for an interface until --timeout, and ends with exit code 1 and the reason", async () => {
    const said = bench.run("say", "--iface", "eth99", "--timeout", "0.3", "-m", "late");
    should(await said.exit()).equal(1);
    const [waiting, ...rest] = said.reported;
    should(waiting).match(/^mcast: waiting for eth99\. Available: (\w+, )*lo\b/);
    should(rest).deepEqual(["mcast: nothing was sent within 0.3 s"]);
  });

  it("ends with exit code 2 where the system refuses", async () => {
    const from = await freePort();
    const holder = await otherProcess(hog(from));
    const said = bench.say("--source-port", `${from}`, "-m", "refused");
    should(await said.exit()).equal(2);
    should(said.reported).have.length(1);
    should(said.reported[0]).match(new RegExp(`^mcast: Port ${from} `));
    await end(holder);
  });
});
