import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import should from "should";
import { FLAGS } from "../../../src/cli/flags";
import { VERBS } from "../../../src/cli/verb-table";
import { SCRIPT } from "../../support/command";
import { itWhere, whyWithout } from "../../support/skip";

describe("mcast completion", () => {
  const folder = mkdtempSync(join(tmpdir(), "mcast-"));
  const file = join(folder, "track.nmea");
  writeFileSync(file, "");
  after(() => rmSync(folder, { recursive: true }));

  const scriptFor = (shell: string): string => execFileSync(process.execPath, [SCRIPT, "completion", shell], { encoding: "utf8" });

  describe("in bash", () => {
    const complete = (...words: readonly string[]): readonly string[] => {
      const line = words.map((word) => `'${word}'`).join(" ");
      const program = `${scriptFor("bash")}\nCOMP_WORDS=(mcast ${line}); COMP_CWORD=${words.length}; _mcast; printf '%s\\n' "\${COMPREPLY[@]}"`;
      return execFileSync("bash", ["--norc", "-c", program], { encoding: "utf8" }).trim().split("\n");
    };

    itWhere(whyWithout("bash"), "completes verbs, also after a flag", async () => {
      should(complete("s")).deepEqual(["say"]);
      should(complete("")).containEql("recv").containEql("--help");
      should(complete("--daemon", "he")).deepEqual(["hear", "help"]);
    });

    itWhere(whyWithout("bash"), "completes the flags of a verb in either case, and those alone", async () => {
      should(complete("say", "--s")).deepEqual(["--size", "--source-port", "--sealed"]);
      should(complete("RECV", "--si")).deepEqual([""]);
      should(complete("Hear", "--echo-")).deepEqual(["--echo-iface"]);
      for (const verb of VERBS) {
        should(complete(verb.name, "--")).containDeep(verb.flags.map((name) => FLAGS[name].long));
      }
    });

    itWhere(whyWithout("bash"), "completes the values of flags, shells and verbs", async () => {
      should(complete("hear", "--echo", "")).deepEqual(["unchanged", "hear", "off"]);
      should(complete("recv", "-i", "a")).deepEqual(["all"]);
      should(complete("completion", "b")).deepEqual(["bash"]);
      should(complete("help", "sa")).deepEqual(["say"]);
    });

    it("converts no case by an expansion, which bash 3.2, the bash of macOS, refuses", () => {
      should(scriptFor("bash")).not.match(/\$\{\w+[,^]/);
    });

    // Types a line, the tab key and the enter key into an interactive bash. Returns the words that the command got.
    const type = (line: string): readonly string[] => {
      const start = join(folder, "bashrc");
      writeFileSync(start, `${scriptFor("bash")}\nmcast() { printf '%s\\n' "$@"; }\n`);
      const env = { ...process.env, TERM: "dumb", HISTFILE: "", INPUTRC: "/dev/null" };
      const { stdout } = spawnSync("bash", ["--noprofile", "--rcfile", start, "-i"], {
        encoding: "utf8",
        input: `${line}\t\n`,
        env,
        cwd: folder,
      });
      return stdout.trim().split("\n");
    };

    itWhere(whyWithout("bash"), "completes the file of --key-file, and that of a redirection", async () => {
      should(type(`mcast say --key-file ${folder}/tr`)).deepEqual(["say", "--key-file", file]);
      should(type("mcast say --pipe < tr")).deepEqual(["say", "--pipe"]);
    });

    itWhere(whyWithout("bash"), "completes a value after an equals sign", async () => {
      should(type("mcast hear --echo=h")).deepEqual(["hear", "--echo=hear"]);
      should(type("mcast recv --iface=d")).deepEqual(["recv", "--iface=default"]);
      should(type("mcast hear --echo=off --echo-i")).deepEqual(["hear", "--echo=off", "--echo-iface"]);
      should(type("mcast --echo=hear re")).deepEqual(["--echo=hear", "recv"]);
      should(type("mcast say --key-file=tr")).deepEqual(["say", "--key-file=track.nmea"]);
      should(type("COMP_WORDBREAKS=' '\nmcast hear --echo=h")).deepEqual(["hear", "--echo=hear"]);
    });

    itWhere(whyWithout("bash") ?? whyWithoutCompopt(), "completes no file where a word is expected", async () => {
      should(type("mcast tr")).deepEqual(["tr"]);
      should(type("mcast say tr")).deepEqual(["say", "tr"]);
      should(type("mcast hear --echo tr")).deepEqual(["hear", "--echo", "tr"]);
      should(type("mcast completion tr")).deepEqual(["completion", "tr"]);
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

    itWhere(whyWithout(shell), `is read by ${shell} without an error`, async () => {
      writeFileSync(join(folder, shell), scriptFor(shell));
      const { status, stderr } = spawnSync(shell, ["-n", join(folder, shell)], { encoding: "utf8" });
      should({ status, stderr }).deepEqual({ status: 0, stderr: "" });
    });
  }

  describe("in fish", () => {
    // Returns the words that fish offers, without their descriptions.
    const complete = (line: string): readonly string[] => {
      const program = `${scriptFor("fish")}\ncomplete --do-complete '${line}'`;
      const text = execFileSync("fish", ["--no-config", "-c", program], { encoding: "utf8", cwd: folder });
      return text
        .trim()
        .split("\n")
        .map((offer) => offer.replace(/\t.*/, ""));
    };

    itWhere(whyWithout("fish"), "completes verbs, flags and the values of flags", async () => {
      should(complete("mcast s")).containEql("say");
      should(complete("mcast hear --echo-")).deepEqual(["--echo-iface"]);
      should(complete("mcast --")).containEql("--help").containEql("--version");
      should(complete("mcast SAY --siz")).deepEqual(["--size"]);
      should(complete("mcast Help noo")).deepEqual(["noop"]);
      should(complete("mcast hear --echo=h")).deepEqual(["--echo=hear"]);
      should(complete("mcast completion b")).deepEqual(["bash"]);
    });

    itWhere(whyWithout("fish"), "completes the file of --key-file, and no file where a word is expected", async () => {
      should(complete("mcast say --key-file tr")).deepEqual(["track.nmea"]);
      should(complete("mcast say --key-file=tr")).deepEqual(["--key-file=track.nmea"]);
      should(complete("mcast say --pipe < tr")).deepEqual(["track.nmea"]);
      for (const verb of VERBS) should(complete(`mcast ${verb.name} tr`)).not.containEql("track.nmea");
      should(complete("mcast hear --echo tr")).deepEqual([""]);
    });
  });

  describe("in zsh", () => {
    itWhere(whyWithout("zsh"), "is a function that zsh can load", async () => {
      const program = `autoload -Uz compinit && compinit -D\n${scriptFor("zsh")}\nprint $_comps[mcast]`;
      should(execFileSync("zsh", ["-f", "-c", program], { encoding: "utf8" })).equal("_mcast\n");
    });

    // Types a line, the tab key and the enter key into a zsh on a terminal. Returns the words that the command got.
    const type = (line: string): readonly string[] => {
      const start = `PS1='READY> '; autoload -Uz compinit && compinit -D -u\n${scriptFor("zsh")}\nmcast() { print -rl -- GOT "$@" END; }\n`;
      writeFileSync(join(folder, ".zshrc"), start);
      const program = `zmodload zsh/zpty
        zpty shell zsh -d -i
        zpty -r shell shown '*READY> '
        zpty -w -n shell "$1"$'\t\n'
        zpty -r shell shown $'*GOT\r\n*END\r\n'
        print -r -- "$shown"`;
      const env = { ...process.env, TERM: "dumb", ZDOTDIR: folder };
      const { stdout } = spawnSync("zsh", ["-f", "-c", program, "zsh", line], { encoding: "utf8", env, cwd: folder, timeout: 10_000 });
      return /GOT\n(.*)\nEND/s.exec(stdout.replace(/\r/g, ""))?.[1]?.split("\n") ?? [];
    };

    itWhere(whyWithout("zsh"), "completes verbs, and flags in either case of the verb", async () => {
      should(type("mcast no")).deepEqual(["noop"]);
      should(type("mcast --ver")).deepEqual(["--version"]);
      should(type("mcast -v --json re")).deepEqual(["-v", "--json", "recv"]);
      should(type("mcast SAY --siz")).deepEqual(["SAY", "--size"]);
    });

    itWhere(whyWithout("zsh"), "completes --group several times, and flags after it", async () => {
      should(type("mcast recv -g 239.255.1.1 -g 239.255.1.2 --por")).deepEqual([
        "recv",
        "-g",
        "239.255.1.1",
        "-g",
        "239.255.1.2",
        "--port",
      ]);
      should(type("mcast recv --group 239.255.1.1 --grou")).deepEqual(["recv", "--group", "239.255.1.1", "--group"]);
    });

    itWhere(whyWithout("zsh"), "completes a value after an equals sign", async () => {
      should(type("mcast hear --echo=h")).deepEqual(["hear", "--echo=hear"]);
      should(type("mcast recv --iface=d")).deepEqual(["recv", "--iface=default"]);
      should(type("mcast recv --iface d")).deepEqual(["recv", "--iface", "default"]);
      should(type("mcast say --key-file=tr")).deepEqual(["say", "--key-file=track.nmea"]);
    });

    itWhere(whyWithout("zsh"), "completes the file of --key-file, and no file where a word is expected", async () => {
      should(type(`mcast say --key-file ${folder}/tr`)).deepEqual(["say", "--key-file", file]);
      should(type("mcast say --pipe < tr")).deepEqual(["say", "--pipe"]);
      should(type("mcast tr")).deepEqual(["tr"]);
      should(type("mcast hear --echo tr")).deepEqual(["hear", "--echo", "tr"]);
    });
  });
});

function whyWithoutCompopt(): string | undefined {
  const { status } = spawnSync("bash", ["-c", "help compopt"]);
  return status === 0 ? undefined : "bash 3.2 has no compopt";
}
