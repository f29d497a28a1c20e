import { randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import should from "should";
import { system } from "../../src/lib/host/system";
import { Multicast } from "../../src/lib/multicast";
import { destination, joinOptions } from "../../src/lib/options/options";
import { Command } from "../support/command";
import { freePort, joinedInKernel, LO, ownGroup, RecordingListener } from "../support/loopback";
import { deploy, helper, input, messagesAt } from "../support/node-red";
import { end, hog, otherProcess } from "../support/other-process";

describe("the command mcast", () => {
  let port: number;
  let group: string;
  let other: string;
  let commands: Command[];

  const run = (...words: readonly string[]): Command => {
    const command = new Command(...words);
    commands.push(command);
    return command;
  };
  /** A verb on the loopback interface and a port of its own. */
  const verb = (name: string, ...words: readonly string[]): Command => run(name, "--iface", LO, "--port", `${port}`, ...words);
  const say = (...words: readonly string[]): Command => verb("say", "--group", group, ...words);
  const listener = async (name: string, ...words: readonly string[]): Promise<Command> => {
    const command = verb(name, "--verbose", ...words);
    await command.tells(/^joined on lo/m);
    return command;
  };
  const recv = (...words: readonly string[]): Promise<Command> => listener("recv", "--group", group, ...words);
  const hear = (...words: readonly string[]): Promise<Command> =>
    listener("hear", "--group", other, "--groups", group, "--echo-iface", LO, ...words);

  beforeEach(async () => {
    port = await freePort();
    group = ownGroup();
    other = ownGroup();
    commands = [];
  });
  afterEach(async () => {
    await Promise.all(commands.map((command) => command.kill()));
  });

  describe("in every verb", () => {
    for (const name of ["", "say", "recv", "hear", "groups"]) {
      it(`helps with ${name || "itself"}: flags, examples and exit codes`, async () => {
        const help = run(...(name ? [name] : []), "--help");
        should(await help.exit()).equal(0);
        should(help.told).be.empty();
        should(help.printed.toString()).match(/Options:.*mcast (say|recv|hear|groups).*Exit codes: 0/s);
      });
    }

    it("knows its version", async () => {
      const { version }: { readonly version: string } = JSON.parse(readFileSync("package.json", "utf8"));
      const command = run("--version");
      should(await command.exit()).equal(0);
      should(command.printed.toString()).equal(`${version}\n`);
    });

    it("is found in capitals", async () => {
      const received = await listener("RECV", "--group", group);
      should(await verb("SAY", "--group", group, "-m", "loud").exit()).equal(0);
      should(await received.exit()).equal(0);
      should(received.printed.toString()).equal("loud");
    });

    const REFUSED: readonly (readonly [words: readonly string[], line: RegExp])[] = [
      [[], /^mcast: name a verb: say, recv, hear or groups/],
      [["sing"], /^mcast: sing is not a verb/],
      [["say"], /give --message or --pipe$/],
      [["say", "-m", "a", "--pipe"], /give --message or --pipe$/],
      [["say", "-m"], /argument missing$/],
      [["say", "--loud"], /^mcast: unknown option '--loud'$/],
      [["say", "-m", "a", "--port", "70000"], /^mcast: Port must be a number from 1 to 65535, not 70000$/],
      [["say", "-m", "a", "--group", "192.0.2.1"], /^mcast: 192\.0\.2\.1 is not a multicast group/],
      [["say", "-m", "a", "--group", "239.255.1.1:5000"], /give it as --port 5000$/],
      [["say", "-m", "a", "--ttl", "256"], /^mcast: TTL 256 is out of range \(0 to 255\)$/],
      [["say", "-m", "a", "--iface", ","], /Interface must be default, all/],
      [["say", "-m", "a", "--source-port", "any"], /^mcast: Port must be .*, not any$/],
      [["say", "--pipe", "--size", "0"], /^mcast: 0 is not a size in bytes/],
      [["say", "-m", "a".repeat(65508), "--iface", LO], /^mcast: Payload of 65508 bytes is too large/],
      [["recv", "--timeout", "soon"], /^mcast: soon is not a time in seconds/],
      [["recv", "--allow", "nobody"], /^mcast: Allow takes addresses .*, not nobody$/],
      [["recv", "more"], /^mcast: too many arguments for 'recv'/],
      [["hear", "--groups", "239.255.1.1:5000"], /give it as --port 5000$/],
      [["hear", "--echo", "loud"], /^mcast: echo must be one of unchanged, hear, off, not loud$/],
      [["hear", "--max-rate", "0"], /^mcast: Echoes\/s must be .*, not 0$/],
      [["groups", "--loud"], /^mcast: unknown option/],
    ];
    for (const [words, line] of REFUSED) {
      it(`refuses "${words.join(" ").slice(0, 60)}" in one line, with exit code 2`, async () => {
        const command = run(...words);
        should(await command.pipe("")).equal(2);
        should(command.printed).have.length(0);
        should(command.told).have.length(1);
        should(command.told[0]).match(line);
      });
    }
  });

  describe("say", () => {
    it("sends its words as one datagram", async () => {
      const received = await recv();
      should(await say("-m", "hello", "big  world").exit()).equal(0);
      should(await received.exit()).equal(0);
      should(received.printed.toString()).equal("hello big  world");
    });

    it("sends nothing but what is given: an empty text is an empty datagram", async () => {
      const received = await recv();
      should(await say("-m", "").exit()).equal(0);
      should(await received.exit()).equal(0);
      should(received.told.at(-1)).match(/, 0 bytes$/);
    });

    it("sends to every group that is named, and says where", async () => {
      const both = await listener("recv", "--groups", group, other, "--daemon", "--line");
      const said = verb("say", "--groups", group, other, "-v", "-m", "all");
      should(await said.exit()).equal(0);
      await both.prints(8);
      should(both.printed.toString()).equal("all\nall\n");
      should(said.told).deepEqual([`3 bytes > ${group}:${port} on lo`, `3 bytes > ${other}:${port} on lo`]);
    });

    it("pipes bytes unchanged, in datagrams of at most 1400 bytes or of --size", async () => {
      const bytes = randomBytes(300_000);
      for (const [size, flags] of [
        [1400, []],
        [9000, ["--size", "9000"]],
      ] as const) {
        const received = await recv("--daemon");
        should(await say("--pipe", ...flags).pipe(bytes)).equal(0);
        await received.prints(bytes.length);
        should(await received.interrupt()).equal(0);
        should(received.printed.equals(bytes)).be.true();
        const sizes = received.told.flatMap((line) => /, (\d+) bytes$/.exec(line)?.[1] ?? []).map(Number);
        should(Math.max(...sizes)).equal(size);
      }
    });

    it("pipes what comes when it comes", async () => {
      const received = await recv("--daemon");
      const said = say("--pipe");
      said.child.stdin?.write("first");
      await received.prints(5);
      should(await said.pipe("second")).equal(0);
      await received.prints(11);
    });

    it("reads no faster than it sends", async () => {
      const said = verb("say", "--group", group, "--iface", "eth99", "--pipe");
      const { stdin } = said.child;
      stdin?.write(Buffer.alloc(8 * 1024 * 1024));
      await said.tells(/waiting for eth99/);
      should(stdin?.writableNeedDrain).be.true();
      should(await said.interrupt()).equal(0);
    });

    it("ends with exit code 1 where nothing is piped", async () => {
      should(await say("--pipe").pipe("")).equal(1);
    });

    it("sends from a fixed port", async () => {
      const from = await freePort();
      const received = await recv();
      should(await say("--source-port", `${from}`, "-m", "fixed").exit()).equal(0);
      await received.exit();
      should(received.told.at(-1)).equal(`${LO}:${from} > ${group}:${port} on lo, 5 bytes`);
    });

    // The loopback interface brings back even what is sent without loopback: that is tried on networks of their own.
    it("takes a TTL, and the choice of no loopback", async () => {
      const received = await recv("--daemon");
      should(await say("--ttl", "0", "--no-loopback", "-m", "hello").exit()).equal(0);
      await received.prints(5);
    });

    it("waits for an interface as long as it is told, with exit code 1", async () => {
      const said = run("say", "--iface", "eth99", "--timeout", "0.3", "-m", "late");
      should(await said.exit()).equal(1);
      should(said.told).deepEqual(["mcast: waiting for eth99"]);
    });

    it("ends with exit code 2 where the system refuses", async () => {
      const from = await freePort();
      const holder = await otherProcess(hog(from));
      const said = say("--source-port", `${from}`, "-m", "refused");
      should(await said.exit()).equal(2);
      should(said.told).deepEqual([
        `mcast: Port ${from} is held by a program that does not share it: stop that program or choose another port`,
      ]);
      await end(holder);
    });
  });

  describe("recv", () => {
    it("ends after one datagram, with a line break where one is asked for", async () => {
      const received = await recv("--line", "--use-std");
      await say("-m", "one").exit();
      should(await received.exit()).equal(0);
      should(received.printed.toString()).equal("one\n");
    });

    it("tells sender, group, interface and size only where asked to", async () => {
      const [quiet, verbose] = [verb("recv", "--group", group), await recv()];
      while (joinedInKernel(group) < 2) await new Promise(setImmediate);
      await say("-m", "hello").exit();
      await Promise.all([quiet.exit(), verbose.exit()]);
      should(quiet.told).be.empty();
      should(verbose.told.at(-1)).match(new RegExp(`^127\\.0\\.0\\.1:\\d+ > ${group}:${port} on lo, 5 bytes$`));
    });

    it("ends with exit code 1 where nothing came in time, and 0 where something did", async () => {
      should(await verb("recv", "--group", group, "--timeout", "0.3").exit()).equal(1);
      const daemon = await recv("--daemon", "--timeout", "3");
      await say("-m", "in time").exit();
      should(await daemon.exit()).equal(0);
      should(daemon.printed.toString()).equal("in time");
    });

    it("hears the senders alone that are allowed", async () => {
      const none = await recv("--timeout", "1", "--allow", "192.0.2.1", "192.0.2.128/25");
      const one = await recv("--allow", "192.0.2.1", "127.0.0.0/8");
      await say("-m", "hello").exit();
      should(await one.exit()).equal(0);
      should(await none.exit()).equal(1);
    });

    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      it(`leaves its groups at ${signal}, with exit code 0`, async () => {
        const received = await recv("--daemon");
        should(joinedInKernel(group)).equal(1);
        should(await received.interrupt(signal)).equal(0);
        should(joinedInKernel(group)).equal(0);
      });
    }

    it("ends in silence when its reader has had enough", async () => {
      const received = await recv("--daemon");
      received.child.stdout?.destroy();
      const told = received.told.length;
      await say("-m", "one").exit();
      should(await received.exit()).equal(0);
      should(received.told.slice(told).filter((line) => line.startsWith("mcast:"))).be.empty();
    });

    it("tells once that it waits for an interface, and waits as long as it is told", async () => {
      const received = run("recv", "--iface", "eth99", "--timeout", "2.5");
      should(await received.exit()).equal(1);
      should(received.told).deepEqual(["mcast: waiting for eth99"]);
    });

    it("ends with exit code 2 where the system refuses; a daemon tells, and tries again", async () => {
      const holder = await otherProcess(hog(port));
      const refusal = `mcast: Port ${port} is held by a program that does not share it: stop that program or choose another port`;
      const received = verb("recv", "--group", group);
      should(await received.exit()).equal(2);
      should(received.told).deepEqual([refusal]);
      const daemon = verb("recv", "--group", group, "--daemon", "-v");
      await daemon.tells(/is held by/);
      await end(holder);
      await daemon.tells(/^joined on lo/m);
      should(daemon.told).deepEqual([refusal, "joined on lo"]);
      should(await daemon.interrupt()).equal(0);
    });
  });

  describe("hear", () => {
    it("echoes one datagram to the bind group, and ends", async () => {
      const echoed = await listener("recv", "--group", other);
      const heard = await hear();
      await say("-m", "again").exit();
      should(await heard.exit()).equal(0);
      should(await echoed.exit()).equal(0);
      should(echoed.printed.toString()).equal("again");
      should(heard.told.at(-1)).match(/ on lo, 5 bytes, echoed$/);
      should(heard.printed).have.length(0);
    });

    it("goes on as a daemon, and prints what it hears where asked to", async () => {
      const echoed = await listener("recv", "--group", other, "--daemon");
      const heard = await hear("--daemon", "--use-std", "--line");
      await say("-m", "one").exit();
      await say("-m", "two").exit();
      await Promise.all([heard.prints(8), echoed.prints(6)]);
      should(heard.printed.toString()).equal("one\ntwo\n");
      should(echoed.printed.toString()).equal("onetwo");
      should(await heard.interrupt("SIGTERM")).equal(0);
      should(joinedInKernel(group)).equal(0);
    });

    it("tells the sender what was heard where asked to", async () => {
      await hear("--daemon", "--acknowledge");
      const socket = createSocket("udp4").bind(0, LO);
      await once(socket, "listening");
      socket.setMulticastInterface(LO);
      socket.send("hello", port, group);
      const [told] = await once(socket, "message");
      should(String(told)).equal(`HEAR [ HELLO SAID ('${LO}', ${socket.address().port}) ] from ${other}`);
      socket.close();
    });

    it("echoes no more than it may", async () => {
      const echoes = await listener("recv", "--group", other, "--daemon");
      const hearing = await hear("--daemon", "--max-rate", "2");
      should(await say("--pipe", "--size", "1").pipe("abcdef")).equal(0);
      await Promise.all([hearing.tells(/Echoes held back: \d+ \(at most 2 per second\)/), echoes.prints(2)]);
      should(echoes.printed.toString()).equal("ab");
    });

    it("echoes in words, or not at all", async () => {
      const echoed = await listener("recv", "--group", other);
      const inWords = await hear("--echo", "hear");
      const off = await hear("--echo", "off");
      await say("-m", "hello").exit();
      should(await Promise.all([inWords.exit(), off.exit(), echoed.exit()])).deepEqual([0, 0, 0]);
      should(echoed.printed.toString()).match(new RegExp(`^HEAR \\[ HELLO SAID \\('127\\.0\\.0\\.1', \\d+\\) \\] from ${other}$`));
      should(off.told.at(-1)).match(/5 bytes$/);
    });

    it("ends with exit code 1 where nothing came in time", async () => {
      should(await verb("hear", "--group", other, "--groups", group, "--timeout", "0.3").exit()).equal(1);
    });
  });

  describe("with the library and the nodes", () => {
    before((done) => void helper.startServer(done));
    after((done) => void helper.stopServer(done));
    afterEach(() => helper.unload());

    it("is heard by the library, and hears it", async () => {
      const multicast = new Multicast(system);
      const listener = new RecordingListener();
      const membership = multicast.join(joinOptions({ group, port, iface: LO }), listener);
      await say("-m", "to the library").exit();
      await listener.count(1);
      should(listener.texts).deepEqual(["to the library"]);
      await membership.leave();
      const received = await recv();
      const sender = multicast.sender();
      sender.send(destination({ group, port, iface: LO }), Buffer.from("from the library"), () => {});
      should(await received.exit()).equal(0);
      should(received.printed.toString()).equal("from the library");
      await sender.close();
    });

    it("is heard by mcast recv, hears mcast say, and is echoed by mcast hear", async () => {
      const common = { port, iface: LO };
      await deploy(
        { id: "say", type: "mcast-say", group, ...common },
        { id: "recv", type: "mcast-recv", groups: [group], datatype: "utf8", ...common, wires: [["in"]] },
        { id: "hear", type: "mcast-hear", group: other, groups: [{ group, echo: true }], echoIface: LO, ...common },
        { id: "in", type: "helper" },
      );
      const [received, echoed] = [await recv(), await listener("recv", "--group", other, "--daemon")];
      const message = messagesAt("in");
      await say("-m", "from the command").exit();
      should((await message)[0]).containEql({ payload: "from the command", group });
      should(await received.exit()).equal(0);
      const next = await recv();
      await input("say", { payload: "from the node" });
      should(await next.exit()).equal(0);
      should(next.printed.toString()).equal("from the node");
      await echoed.prints(29);
      should(echoed.printed.toString()).equal("from the commandfrom the node");
    });
  });

  describe("groups", () => {
    it("lists the interfaces and what is joined on them, with tabs between where it is piped", async () => {
      const received = await recv("--daemon");
      const listed = run("groups");
      should(await listed.exit()).equal(0);
      const lines = listed.printed.toString().split("\n");
      should(lines).containEql("lo\taddress\t127.0.0.1/8");
      should(lines).containEql(`lo\tgroup\t${group}\t1`);
      should(lines.filter((line) => !/^(\S+\t(address\t\S+|group\t\S+\t\d+))?$/.test(line))).be.empty();
      should(await received.interrupt()).equal(0);
    });
  });
});
