import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import should from "should";
import { FLAGS } from "../../src/cli/flags";
import { VERBS } from "../../src/cli/verb-table";
import { itWhere, whyWithout } from "../support/skip";

const PAGE = "dist/man/mcast.1";

describe("the manual page", () => {
  const page = readFileSync(PAGE, "utf8");
  const plain = page.replace(/\\-/g, "-").replace(/\\f[BRI]/g, "");

  it("is the one that package.json names", () => {
    const { man, version }: { readonly man: string | readonly string[]; readonly version: string } = JSON.parse(
      readFileSync("package.json", "utf8"),
    );
    for (const path of [man].flat()) should(existsSync(path)).be.true();
    should([man].flat()).deepEqual([`./${PAGE}`]);
    should(page).match(new RegExp(`^\\.TH MCAST 1 .*"mcast ${version}"`));
  });

  it("has the sections of a manual page, in their order", () => {
    const sections = Array.from(page.matchAll(/^\.SH (.*)$/gm), ([, title]) => title);
    should(sections).deepEqual(["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "VERBS", "EXIT STATUS", "ENVIRONMENT", "EXAMPLES"]);
  });

  it("describes every verb, each with its flags and its examples", () => {
    for (const verb of VERBS) {
      const [, section = ""] = new RegExp(`^\\.SS mcast ${verb.name}.*\n([^]*?)(?=^\\.S[SH])`, "m").exec(plain) ?? [];
      for (const name of verb.flags) should(section).containEql(FLAGS[name].long);
      for (const [line] of verb.examples) should(plain).containEql(line.replace(/~/g, "\\(ti").replace(/\\(?!\()/g, "\\e"));
    }
  });

  it("describes the flags that need no verb", () => {
    const [, section = ""] = /^\.SH OPTIONS\n(.*?)^\.SH/ms.exec(plain) ?? [];
    should(section).containEql("-h, --help").containEql("-V, --version");
  });

  it("describes the environment variable that has the key", () => {
    const [, section = ""] = /^\.SH ENVIRONMENT\n(.*?)^\.SH/ms.exec(plain) ?? [];
    should(section).match(/MCAST_KEY\n.*--sealed/);
  });

  it("lists the words that a verb takes", () => {
    should(plain).containEql("SHELL is one of: bash, zsh, fish.");
    should(plain).containEql(`VERB is one of: ${VERBS.map(({ name }) => name).join(", ")}.`);
  });

  it("begins no line with a dot or a quote that is not a request", () => {
    const odd = page.split("\n").filter((line) => /^[.']/.test(line) && !/^\.(TH|SH|SS|TP|PP|B|I)\b/.test(line));
    should(odd).be.empty();
  });

  itWhere(whyWithout("groff"), "is formatted by groff without a warning", async () => {
    const { stdout, stderr } = spawnSync("groff", ["-man", "-Tutf8", "-ww", PAGE], { encoding: "utf8" });
    should(stderr).equal("");
    should(stdout).match(/MCAST\(1\)/);
  });

  itWhere(whyWithout("man"), "is shown by man", async () => {
    const { status, stdout } = spawnSync("man", ["-l", PAGE], {
      encoding: "utf8",
      env: { ...process.env, MANPAGER: "cat", MANWIDTH: "80" },
    });
    should(status).equal(0);
    should(stdout.replace(/.[\b]/g, "")).match(/EXIT STATUS/);
  });

  itWhere(whyWithout("mandoc"), "has no errors for mandoc", async () => {
    const { stdout } = spawnSync("mandoc", ["-T", "lint", "-W", "error", PAGE], { encoding: "utf8" });
    should(stdout).equal("");
  });
});
