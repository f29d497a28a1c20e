import should from "should";
import { parse } from "../../src/cli/parse";
import { VERBS } from "../../src/cli/verb-table";
import type { Command } from "../support/command";
import { LO } from "../support/loopback";
import { Bench } from "./bench";

// Every command line of the Python tool's documentation, in its older and its newer spelling, without `python3 -m multicast`.
const DOCUMENTED: readonly (readonly [line: readonly string[], verb: string])[] = [
  [["SAY", "--mcast-group", "224.1.1.2", "--port", "5353", "--message", "Hello World!"], "say"],
  [["SAY", "--mcast-group", "224.1.1.2", "--port", "59595", "--message", "Hello World!"], "say"],
  [["SAY", "--group", "224.0.0.1", "--port", "59595", "--message", "Hello World!"], "say"],
  [["SAY", "--group", "224.1.1.2", "--port", "59595", "--message", "Hello, Multicast!"], "say"],
  [["SAY", "--port", "50000", "--group", "224.0.0.1", "--pipe"], "say"],
  [["SAY", "--message", "-"], "say"],
  [["HEAR", "--use-std", "--port", "5353", "--join-mcast-groups", "224.0.0.1", "--bind-group", "224.0.0.1"], "hear"],
  [["HEAR", "--use-std", "--port", "59595", "--join-mcast-groups", "224.0.0.1", "--bind-group", "224.0.0.1"], "hear"],
  [["HEAR", "--iface=0.0.0.0", "--join-mcast-group", "224.1.1.2", "--bind-group", "224.1.1.2", "--port", "5353"], "hear"],
  [["--daemon", "HEAR", "--use-std", "--port", "59595", "--group", "224.0.0.1"], "hear"],
  [["--daemon", "--use-std", "HEAR", "--port", "59595", "--group", "224.0.0.1"], "hear"],
  [["--daemon", "HEAR", "--port", "50000", "--group", "224.0.0.1"], "hear"],
  [["RECV", "--use-std", "--port", "59595", "--join-mcast-groups", "224.0.0.1", "--bind-group", "224.0.0.1"], "recv"],
  [["RECV", "--use-std", "--port", "59595", "--group", "224.0.0.1", "--groups", "224.0.0.1"], "recv"],
  [["--use-std", "RECV", "--port", "59595", "--group", "224.0.0.1", "--groups", "224.0.0.1"], "recv"],
  [["RECV", "--use-std", "--port", "59595", "--groups", "224.1.1.2"], "recv"],
  [["NOOP", "--use-std", "--daemon", "--port", "59595", "--iface", "127.0.0.1", "--pipe", "--group", "224.0.0.1"], "noop"],
];

describe("the command lines of the Python tool", () => {
  const bench = Bench.forEachTest();
  /** A line on the loopback interface, with the port and the group of the bench in the place of its own. */
  const onLoopback = (line: readonly string[]): Command => {
    const words = line.map((word, at) => {
      if (line[at - 1] === "--port") return `${bench.port}`;
      return /^224\./.test(word) ? bench.group : word;
    });
    return bench.run(
      ...words.filter((word) => !word.startsWith("--iface=")),
      "--iface",
      LO,
      ...(line.includes("NOOP") ? [] : ["--verbose"]),
    );
  };

  for (const [line, verb] of DOCUMENTED) {
    it(`include "${line.join(" ")}"`, () => {
      should(parse(line, VERBS).verb?.name).equal(verb);
    });
  }

  for (const [line] of DOCUMENTED.filter(([, verb]) => verb === "hear" || verb === "recv")) {
    it(`print "Hello World!" for "${line.join(" ")}" when it is sent`, async () => {
      const listening = onLoopback(line);
      await listening.reports(/^joined on lo/m);
      should(await onLoopback(["SAY", "--mcast-group", "224.0.0.1", "--port", "1", "--message", "Hello World!"]).exit()).equal(0);
      await listening.reports(/ on lo, 12 bytes$/m);
      if (line.includes("--use-std")) await listening.shows(/^Hello World!$/);
      if (!line.includes("--daemon")) should(await listening.exit()).equal(0);
    });
  }

  it("print usage for --help, with every verb and --daemon before it", async () => {
    const lines = [["--help"], ["--daemon HEAR", "--help"]];
    for (const verb of ["SAY", "RECV", "HEAR", "NOOP"]) lines.push([verb, "--help"], ["--daemon", verb, "--help"]);
    for (const line of lines) {
      const help = bench.run(...line);
      should(await help.exit()).equal(0);
      should(help.printed.toString()).match(/^usage: mcast/);
    }
  });

  it("end for HELP and NOOP with exit code 0", async () => {
    const [help, noop] = [bench.run("HELP"), bench.run("NOOP")];
    should(await Promise.all([help.exit(), noop.exit()])).deepEqual([0, 0]);
    should(help.printed.toString()).match(/^usage:/);
    should(noop.printed).have.length(0);
    should(noop.reported).be.empty();
  });

  for (const word of ["BAdInPut", "1", "exit", "", " ", "\t", "你好", "SAY;ls"]) {
    it(`refuse ${JSON.stringify(word)} as an invalid choice, as it was typed`, async () => {
      const refused = bench.run(word);
      should(await refused.exit()).equal(2);
      should(refused.reported).have.length(1);
      should(refused.reported[0]).containEql(`invalid choice: '${word.replace("\t", "\\t")}'`);
    });
  }

  for (const line of [
    ["SAY", "--message"],
    ["RECV", "--port", "test"],
    ["RECV", "--port=test", "group=None"],
    ["HEAR", "--port", "test"],
    ["HEAR", "--hex"],
    ["HEAR", "--group", "None", "--iface=127.0.0.1"],
  ]) {
    it(`refuse "${line.join(" ")}" with exit code 2`, async () => {
      should(await bench.run(...line).exit()).equal(2);
    });
  }

  for (const text of ["Test message from stdin", "A".repeat(1024), "Special chars: !@#$%^&*()", "Unicode: 你好世界", "HEAR\0"]) {
    it(`send standard input for "SAY --message -": ${JSON.stringify(text.slice(0, 30))}`, async () => {
      const received = await bench.recv();
      should(await bench.verb("SAY", "--group", bench.group, "--message", "-").pipe(text)).equal(0);
      should(await received.exit()).equal(0);
      should(received.printed.toString()).equal(text);
    });
  }

  it("end HEAR after the first of three messages, with exit code 0", async () => {
    const heard = await bench.listener("HEAR", "--groups", bench.group, "--group", bench.group);
    for (let said = 0; said < 3; said++) should(await bench.say("--message", "test message").exit()).equal(0);
    should(await heard.exit()).equal(0);
  });

  it("let a daemon receive from five senders at once, by message and by pipe", async () => {
    const heard = await bench.listener("HEAR", "--daemon", "--use-std", "--line", "--group", bench.group);
    const senders = Array.from({ length: 5 }, (_none, at) => [
      bench.say("--message", `TEST from ${at}`).exit(),
      bench.say("--pipe").pipe(`PIPE ${at}`),
    ]);
    should(new Set(await Promise.all(senders.flat()))).deepEqual(new Set([0]));
    await heard.shows(/(.*\n){10}/);
    should(heard.printed.toString().trim().split("\n").sort()).deepEqual(
      ["PIPE", "TEST from"].flatMap((text) => Array.from({ length: 5 }, (_none, at) => `${text} ${at}`)),
    );
  });

  it("end RECV with exit code 1 if nothing was sent in time", async () => {
    should(await bench.verb("RECV", "--groups", bench.group, "--group", bench.group, "--timeout", "0.3").exit()).equal(1);
  });
});
