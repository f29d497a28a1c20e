import fc from "fast-check";
import should from "should";
import { Command } from "../support/command";
import { freePort } from "../support/loopback";

// Words of flags, good and bad values, and anything else; never an interface that leads out: the loopback one is named before them.
const WORDS = [
  ...[
    "--port",
    "--group",
    "--groups",
    "-m",
    "--message",
    "--ttl",
    "--timeout",
    "--size",
    "--line",
    "--allow",
    "--max-rate",
    "--echo",
    "--source-port",
  ],
  ...[
    "--use-std",
    "--no-loopback",
    "--acknowledge",
    "--bogus",
    "-q",
    "239.255.1.1",
    "239.255.1.1:5000",
    "1.2.3.4",
    "0",
    "70000",
    "1e9",
    "",
    " ",
    "%",
    "é",
  ],
] as const;
const word = fc.oneof(
  fc.constantFrom<string>(...WORDS),
  fc.string({ maxLength: 20 }).filter((text) => !/^-(i|-i|-$|-d)|\0/.test(text)),
);

describe("the command, whatever it is told,", function () {
  this.timeout(60_000);

  it("ends with 0, 1 or 2, and with 2 in one line of words", async () => {
    const port = await freePort();
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("say", "recv", "HEAR", "hear", "shout", ""),
        fc.array(word, { maxLength: 6 }),
        async (verb, words) => {
          const local = verb === "" || verb === "shout" ? [] : ["--iface", "127.0.0.1", "--port", String(port), "--timeout", "0.05"];
          const echo = verb.toLowerCase() === "hear" ? ["--echo-iface", "127.0.0.1"] : [];
          const command = new Command(...(verb === "" ? [] : [verb]), ...local, ...echo, ...words);
          command.child.stdin?.end();
          const exit = await command.exit();
          should(exit).be.oneOf(0, 1, 2);
          if (exit === 2) should(command.told.length).equal(1, command.told.join("\n"));
          should(command.told.join("\n")).not.match(/\n\s+at /);
        },
      ),
      { numRuns: 60 },
    );
  });
});
