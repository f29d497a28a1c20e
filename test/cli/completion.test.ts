import { execFileSync, spawnSync } from "node:child_process";
import should from "should";
import { FLAGS } from "../../src/cli/flags";
import { VERBS } from "../../src/cli/verbs";
import { SCRIPT } from "../support/command";
import { itWhere, whyWithout } from "../support/skip";

describe("mcast completion", () => {
  const scriptFor = (shell: string): string => execFileSync(process.execPath, [SCRIPT, "completion", shell], { encoding: "utf8" });

  describe("in bash", () => {
    const complete = (...words: readonly string[]): readonly string[] => {
      const line = words.map((word) => `'${word}'`).join(" ");
      const program = `${scriptFor("bash")}\nCOMP_WORDS=(mcast ${line}); COMP_CWORD=${words.length}; _mcast; printf '%s\\n' "\${COMPREPLY[@]}"`;
      return execFileSync("bash", ["--norc", "-c", program], { encoding: "utf8" }).trim().split("\n");
    };

    itWhere(whyWithout("bash"), "completes verbs, also after a flag", () => {
      should(complete("s")).deepEqual(["say"]);
      should(complete("")).containEql("recv").containEql("--help");
      should(complete("--daemon", "he")).deepEqual(["hear", "help"]);
      return Promise.resolve();
    });

    itWhere(whyWithout("bash"), "completes the flags of a verb in either case, and those alone", () => {
      should(complete("say", "--s")).deepEqual(["--size", "--source-port"]);
      should(complete("RECV", "--s")).deepEqual([""]);
      for (const verb of VERBS) {
        should(complete(verb.name, "--")).containDeep(verb.flags.map((name) => FLAGS[name].long));
      }
      return Promise.resolve();
    });

    itWhere(whyWithout("bash"), "completes the values of flags, shells and verbs", () => {
      should(complete("hear", "--echo", "")).deepEqual(["unchanged", "hear", "off"]);
      should(complete("recv", "-i", "a")).deepEqual(["all"]);
      should(complete("completion", "b")).deepEqual(["bash"]);
      should(complete("help", "sa")).deepEqual(["say"]);
      return Promise.resolve();
    });
  });

  for (const shell of ["zsh", "fish"]) {
    it(`names every verb and every flag for ${shell}`, () => {
      const script = scriptFor(shell);
      for (const verb of VERBS) {
        should(script).containEql(verb.name);
        for (const name of verb.flags) should(script).containEql(FLAGS[name].long.slice(2));
      }
    });

    itWhere(whyWithout(shell), `is read by ${shell} without an error`, () => {
      const { status, stderr } = spawnSync(shell, ["-n"], { input: scriptFor(shell), encoding: "utf8" });
      should({ status, stderr }).deepEqual({ status: 0, stderr: "" });
      return Promise.resolve();
    });
  }

  itWhere(whyWithout("fish"), "completes verbs and flags in fish", () => {
    const complete = (line: string): string =>
      execFileSync("fish", ["--no-config", "-c", `${scriptFor("fish")}\ncomplete --do-complete '${line}'`], { encoding: "utf8" });
    should(complete("mcast s")).match(/^say\t/m);
    should(complete("mcast hear --echo-")).match(/^--echo-iface\t/m);
    return Promise.resolve();
  });

  itWhere(whyWithout("zsh"), "is a function that zsh can load", () => {
    const program = `autoload -Uz compinit && compinit -D\n${scriptFor("zsh")}\nprint $_comps[mcast]`;
    should(execFileSync("zsh", ["-f", "-c", program], { encoding: "utf8" })).equal("_mcast\n");
    return Promise.resolve();
  });
});
