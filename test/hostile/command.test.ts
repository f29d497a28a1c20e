import fc from "fast-check";
import should from "should";
import { allFlags, spellingsOf } from "../../src/cli/flags";
import { Command } from "../support/command";
import { freePort, LO } from "../support/loopback";

// All flags but those that choose an interface or the time for which a verb runs, and good and bad values.
const FLAGS = allFlags().flatMap(([name, flag]) => (/^(iface|echoIface|daemon|timeout|help|version)$/.test(name) ? [] : spellingsOf(flag)));
const VALUES = [
  "239.255.1.1",
  "239.255.1.1:5000",
  "ff15::1",
  "1.2.3.4",
  "0",
  "1",
  "-1",
  "70000",
  "1e9",
  "",
  " ",
  "%",
  "é",
  "-",
  "--",
  "--bogus",
  "-q",
];
const ESCAPES = ["\x1b[2J", "a\nb", "\x07", "--\x1b[31m\n", "-x\r\n", "\u202e", "--port=\x1b]0;x\x07"];
const word = fc.oneof(
  fc.constantFrom<string>(...FLAGS, ...VALUES, ...ESCAPES),
  // No word that chooses an interface (-i), or continues for ever (--daemon).
  fc.string({ maxLength: 20 }).filter((text) => !/^-(i|-i|-e|-d)|\0/.test(text)),
);

describe("the command, for any words,", function () {
  this.timeout(120_000);

  it("ends with 0, 1 or 2, and with 2 in one line that controls no terminal", async () => {
    const port = await freePort();
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("say", "recv", "HEAR", "hear", "groups", "noop", "shout", "\x1b[1m", ""),
        fc.array(word, { maxLength: 6 }),
        async (verb, words) => {
          const isOnNetwork = /^(say|recv|hear)$/i.test(verb);
          const local = isOnNetwork ? ["--iface", LO, "--port", `${port}`, "--timeout", "0.05"] : [];
          const echo = verb.toLowerCase() === "hear" ? ["--echo-iface", LO] : [];
          const command = new Command(...(verb === "" ? [] : [verb]), ...local, ...echo, ...words);
          command.child.stdin?.end();
          const exit = await command.exit();
          should(exit).be.oneOf(0, 1, 2);
          if (exit === 2) should(command.reported.length).equal(1, command.reported.join("\n"));
          should(command.reported.join("\n")).not.match(/\n\s+at |[^\P{C}\n]/u);
        },
      ),
      { numRuns: 100 },
    );
  });
});
