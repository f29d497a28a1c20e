import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import should from "should";
import { VERBS } from "../../src/cli/verb-table";
import { system } from "../../src/lib/host/system";
import { Multicast } from "../../src/lib/multicast";
import { destination, joinOptions } from "../../src/lib/options/options";
import { SCRIPT } from "../support/command";
import { LO, RecordingListener } from "../support/loopback";
import { deploy, helper, input, messagesAt } from "../support/node-red";
import { itWhere, whyWithout } from "../support/skip";
import { OnTerminal, whyNoTerminal } from "../support/terminal";
import { Bench } from "./bench";

const { version }: { readonly version: string } = JSON.parse(readFileSync("package.json", "utf8"));

describe("the command mcast", () => {
  const bench = Bench.forEachTest();
  const refuses = async (words: readonly string[], line: RegExp): Promise<void> => {
    const command = bench.run(...words);
    should(await command.pipe("")).equal(2);
    should(command.printed).have.length(0);
    should(command.reported).have.length(1);
    should(command.reported[0]).match(line);
  };

  describe("asked for help", () => {
    for (const words of [["--help"], ["-h"], ["help"], ["HELP"], ["--daemon", "--help"], ["-g", "239.255.1.1", "--help"]]) {
      it(`prints that of the command for "${words.join(" ")}"`, async () => {
        const help = bench.run(...words);
        should(await help.exit()).equal(0);
        should(help.reported).be.empty();
        should(help.printed.toString()).match(/^usage: mcast VERB.*\n {2}say .*Exit codes:\n {2}0 /s);
      });
    }

    for (const { name } of VERBS) {
      it(`prints that of ${name} for "help ${name}", and for --help before and after the verb`, async () => {
        const helps = [
          ["help", name],
          ["HELP", name.toUpperCase()],
          [name, "--help"],
          [name.toUpperCase(), "-h"],
          ["--help", name],
        ].map((words) => bench.run(...words));
        should(await Promise.all(helps.map((help) => help.exit()))).deepEqual([0, 0, 0, 0, 0]);
        const [first = "", ...others] = helps.map((help) => help.printed.toString());
        should(first).match(new RegExp(`^usage: mcast ${name}.*Flags:.*Examples:.*mcast ${name}.*Exit codes:`, "is"));
        for (const other of others) should(other).equal(first);
      });
    }

    it("prints it whatever else is wrong with the line, but not for text", async () => {
      const help = bench.run("say", "--loud", "--help");
      should(await help.exit()).equal(0);
      await refuses(["say", "--message", "-h"], /^mcast: --message needs text, but '-h' follows/); // an empty variable before -h
      await refuses(["say", "--port", "--help"], /^mcast: --port needs a value, but '--help' follows/);
      await refuses(["sya", "--help"], /^mcast: invalid choice: 'sya' is not a verb; did you mean say/);
      await refuses(["say", "--port", "x", "-m", "--", "--help"], /^mcast: Port must be .*, not x$/);
    });

    it("does not load the library for it", () => {
      const code = readFileSync("dist/cli/mcast.js", "utf8") + readFileSync("dist/cli/help.js", "utf8");
      should(code).not.match(/require\("\.\.\/lib/);
    });
  });

  for (const words of [["--version"], ["-V"], ["-v"], ["say", "--version"], ["-V", "recv"]]) {
    it(`prints its version for "${words.join(" ")}"`, async () => {
      const command = bench.run(...words);
      should(await command.exit()).equal(0);
      should(command.printed.toString()).equal(`${version}\n`);
    });
  }

  it("accepts verbs in either case", async () => {
    const received = await bench.listener("RECV", "--group", bench.group);
    should(await bench.verb("SAY", "--group", bench.group, "-m", "loud").exit()).equal(0);
    should(await received.exit()).equal(0);
    should(received.printed.toString()).equal("loud");
  });

  it("accepts every flag before the verb too", async () => {
    const received = bench.run("--daemon", "--use-std", "-v", "-g", bench.group, "--iface", LO, "-p", `${bench.port}`, "recv");
    await received.reports(/^joined on lo/m);
    should(await bench.run("--message", "hello", "--groups", bench.group, "say", "-i", LO, `-p${bench.port}`).exit()).equal(0);
    await received.prints(5);
  });

  const REFUSED: readonly (readonly [words: readonly string[], line: RegExp])[] = [
    [[], /^mcast: name a verb: say, recv, hear, groups/],
    [["yodel"], /^mcast: invalid choice: 'yodel' is not a verb; verbs: say, /],
    [["Syaz"], /^mcast: invalid choice: 'Syaz' is not a verb; did you mean say\?$/],
    [["RECEIVE"], /^mcast: invalid choice: 'RECEIVE' is not a verb; verbs: /],
    [["heer"], /; did you mean hear\?$/],
    [["help", "sya"], /^mcast: invalid choice: 'sya' is not a verb; did you mean say\?$/],
    [["say", "hello"], /^mcast: unexpected 'hello': use -m hello$/],
    [["say", ""], /^mcast: unexpected ''$/], // an empty variable, not a request to read standard input
    [["recv", ""], /^mcast: unexpected ''$/],
    [["say", "-g", "239.255.1.1", "239.255.1.2", "-m", "a"], /^mcast: unexpected '239\.255\.1\.2': use -g 239\.255\.1\.2$/],
    [["say", "FF02::5%eth0"], /: use -g FF02::5%eth0$/],
    [["say", "-m", "a", "--pipe"], /^mcast: give either --message or --pipe$/],
    [["say", "-m"], /^mcast: -m needs text, but the line ends: /],
    [["say", "--message", "-i", "lo"], /^mcast: --message needs text, but '-i' follows: /],
    [["say", "--message", "-ilo"], /^mcast: --message needs text, but '-ilo' follows: /],
    [["say", "--message", "--iface=lo"], /^mcast: --message needs text, but '--iface=lo' follows: /],
    [["say", "-m", "a", "--prot", "5000"], /^mcast: unknown flag '--prot'; did you mean --port\?/],
    [["say", "--loud"], /^mcast: unknown flag '--loud'/],
    [["say", "--pipe=yes"], /^mcast: --pipe takes no value, but 'yes' was given$/],
    [["say", "--port", "-m", "a"], /^mcast: --port needs a value, but '-m' follows: --port PORT$/],
    [["say", "-m", "a", "--port", "70000"], /^mcast: Port must be a number from 1 to 65535, not 70000$/],
    [["say", "-m", "a", "--group", "192.0.2.1"], /^mcast: 192\.0\.2\.1 is not a multicast group/],
    [["say", "-m", "a", "--group", "239.255.1.1:5000"], /give it as --port 5000$/],
    [["say", "-m", "a", "--groups"], /^mcast: --groups needs at least one value, but the line ends: --groups GROUP$/],
    [["recv", "--groups", "--daemon"], /^mcast: --groups needs at least one value, but '--daemon' follows/],
    [["say", "-m", "a", "--ttl", "256"], /^mcast: TTL 256 is out of range \(0 to 255\)$/],
    [["say", "-m", "a", "--iface", ","], /^mcast: Interface must be default, all/],
    [["say", "-m", "a", "--source-port", "any"], /^mcast: Source port must be .*, not any$/],
    [["say", "-m", "a", "--count", "0"], /^mcast: --count must be a number from 1 to 1000000000, not '0'$/],
    [["ping", "-c", "0"], /^mcast: --count must be a number from 1 to 1000000000, not '0'$/],
    [["ping", "--interval", "0"], /^mcast: --interval must be a time in seconds \(0\.001 to 2000000\), not '0'$/],
    [["say", "--pipe", "--count", "2"], /^mcast: --count and --interval repeat a --message, not standard input$/],
    [["say", "--pipe", "--size", "0"], /^mcast: --size must be a size in bytes \(1 to 65507\), not '0'$/],
    [["say", "--pipe", "--lines", "--size", "9"], /^mcast: give either --size or --lines$/],
    [["say", "-m", "a", "--lines"], /^mcast: --size and --lines need --pipe$/],
    [["say", "-m", "a".repeat(65508), "--iface", LO], /^mcast: Payload of 65508 bytes is too large/],
    [["recv", "--timeout", "soon"], /^mcast: --timeout must be a time in seconds \(0\.001 to 2000000\), not 'soon'$/],
    [["recv", "--allow", "nobody"], /^mcast: Allow takes addresses .*, not nobody$/],
    [["recv", "more"], /^mcast: unexpected 'more'/],
    [["recv", "--ttl", "3"], /^mcast: recv does not take --ttl: that is a flag of say, hear, ping$/],
    [["recv", "--allow", ""], /^mcast: --allow needs a value, but '' was given: --allow SENDER$/],
    [["say", "-m", "a", "-i", " "], /^mcast: -i needs a value, but ' ' was given: -i INTERFACES$/],
    [["--groups", "RECV"], /^mcast: 'RECV' was taken as the value of --groups: write the value before the verb$/],
    [["recv", "--groups", "239.255.1.1,239.255.1.2"], /separate groups by blanks, without commas$/],
    [["recv", "-vg", "239.255.1.1"], /^mcast: -v takes no value, but 'g' was given: write -v -g$/],
    [["say", "--", "-i"], /^mcast: unexpected '-i': use -m -- -i$/],
    [["hear", "--groups", "239.255.1.1:5000"], /give it as --port 5000$/],
    [["hear", "--echo", "loud"], /^mcast: echo must be one of unchanged, hear, off, not loud$/],
    [["hear", "--max-rate", "0"], /^mcast: Max rate must be .*, not 0$/],
    [["groups", "--loud"], /^mcast: unknown flag '--loud'/],
    [["completion"], /^mcast: completion needs a word: completion bash\|zsh\|fish$/],
    [["completion", "tcsh"], /^mcast: invalid choice: 'tcsh'; use completion bash\|zsh\|fish$/],
    [["\x1b[2Jsay\n"], /^mcast: invalid choice: '\\x1b\[2Jsay\\n' is not a verb/],
    [["say", "--\n\x1b[31m"], /^mcast: /],
    [["say", "--a\x1b[31m\nb"], /^mcast: unknown flag '--a\\x1b\[31m\\nb'/],
  ];
  for (const [words, line] of REFUSED) {
    it(`refuses ${JSON.stringify(words.join(" ").slice(0, 60))} in one line, with exit code 2`, () => refuses(words, line));
  }

  it("never writes a control or invisible character of a flag to standard error", async () => {
    const said = bench.run("say", "-m", "a", "--iface", "eth0\u200b\x1b[31m\n", "--timeout", "0.1");
    should(await said.exit()).be.oneOf(1, 2);
    should(said.reported).not.be.empty();
    should(said.reported).matchEach(/^mcast: \P{C}*$/u);
  });

  describe("on a terminal", () => {
    itWhere(whyNoTerminal(), "shows control characters of a payload, and bytes that are not text, as escapes", async () => {
      const received = new OnTerminal("recv", "--iface", LO, "--port", `${bench.port}`, "--group", bench.group, "-v", "--count", "2");
      await received.shows(/joined on lo/);
      await bench.say("-m", "\x1b[31mred\nnext\r\x07é").exit();
      await bench.say("--pipe").pipe(Buffer.from([0x61, 0xff, 0x0a]));
      should(await received.exit()).equal(0);
      should(received.shown).containEql("\\x1b[31mred\\nnext\\r\\x07é\r\n").containEql("a\\xff\\n\r\n");
      should(received.shown).not.containEql("\x1b");
    });

    itWhere(whyNoTerminal(), "refuses a line with escape sequences in one line without them", async () => {
      const refused = new OnTerminal("say", "\x1b]0;title\x07\n");
      should(await refused.exit()).equal(2);
      should(refused.shown).equal("mcast: unexpected '\\x1b]0;title\\x07\\n': use -m \\x1b]0;title\\x07\\n\r\n");
    });

    // A serial device that is unplugged hangs up in the same way.
    itWhere(whyNoTerminal() ?? whyWithout("setsid"), "that hangs up, ends with its exit code and not with a fault of Node.js", async () => {
      const say = `${process.execPath} ${SCRIPT} say --pipe --lines -v -i ${LO} -p ${bench.port} -g ${bench.group}`;
      // In a session of its own the command gets no SIGHUP.
      const line = `setsid --wait sh -c '(${say}; echo exit $?) >&3 2>&1'`;
      const terminal = spawn("script", ["--quiet", "--command", line, "/dev/null"], { stdio: ["pipe", "ignore", "ignore", "pipe"] });
      const reported = terminal.stdio[3];
      let output = "";
      reported?.on("data", (chunk: Buffer) => {
        output += chunk;
        if (/bytes/.test(output)) terminal.kill("SIGKILL");
      });
      terminal.stdin?.write("hello\n");
      await once(terminal, "close");
      should(output).match(new RegExp(`^5 bytes > ${bench.group}:${bench.port} on lo\nexit 0\n$`));
    });
  });

  describe("with the library and the nodes", () => {
    before((done) => void helper.startServer(done));
    after((done) => void helper.stopServer(done));
    afterEach(() => helper.unload());

    it("sends to the library, and receives from it", async () => {
      const multicast = new Multicast(system);
      const listener = new RecordingListener();
      const membership = multicast.join(joinOptions({ group: bench.group, port: bench.port, iface: LO }), listener);
      await bench.say("-m", "to the library").exit();
      await listener.count(1);
      should(listener.texts).deepEqual(["to the library"]);
      await membership.leave();
      const received = await bench.recv();
      const sender = multicast.sender();
      sender.send(destination({ group: bench.group, port: bench.port, iface: LO }), Buffer.from("from the library"), () => {});
      should(await received.exit()).equal(0);
      should(received.printed.toString()).equal("from the library");
      await sender.close();
    });

    it("is received by mcast-recv, receives from mcast-say, and is relayed by mcast-hear", async () => {
      const { group, other } = bench;
      const common = { port: bench.port, iface: LO };
      await deploy(
        { id: "say", type: "mcast-say", group, ...common },
        { id: "recv", type: "mcast-recv", groups: [group], datatype: "utf8", ...common, wires: [["in"]] },
        { id: "hear", type: "mcast-hear", group: other, groups: [{ group, echo: true }], echoIface: LO, ...common },
        { id: "in", type: "helper" },
      );
      const [received, echoed] = [await bench.recv(), await bench.listener("recv", "--group", other, "--daemon")];
      const message = messagesAt("in");
      await bench.say("-m", "from the command").exit();
      should((await message)[0]).containEql({ payload: "from the command", group });
      should(await received.exit()).equal(0);
      const next = await bench.recv();
      await input("say", { payload: "from the node" });
      should(await next.exit()).equal(0);
      should(next.printed.toString()).equal("from the node");
      await echoed.prints(29);
      should(echoed.printed.toString()).equal("from the commandfrom the node");
    });
  });
});
