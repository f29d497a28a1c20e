import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import should from "should";
import type { FlagName } from "../../src/cli/flags";
import { sealingOf } from "../../src/cli/key-flags";
import { createKey } from "../../src/lib/sealed/group-key";
import { Bench } from "./bench";

describe("the command with sealed groups", () => {
  const bench = Bench.forEachTest();
  const flags = (given: Readonly<Partial<Record<FlagName, string[]>>>) => {
    const names: readonly FlagName[] = ["sealed", "keyFile", "freshness"];
    return new Map(names.flatMap((name) => (given[name] ? [[name, given[name]] as const] : [])));
  };
  let folder: string;
  let text: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "mcast-"));
    text = createKey();
    file = keyFile(`${text}\n`);
  });
  afterEach(() => {
    delete process.env.MCAST_KEY;
    rmSync(folder, { recursive: true });
  });

  function refusalOf(call: () => unknown): string {
    try {
      call();
      return "";
    } catch (error) {
      return error instanceof Error ? error.message : "";
    }
  }

  function keyFile(content: string): string {
    const path = join(folder, "home.key");
    writeFileSync(path, content, { mode: 0o600 });
    return path;
  }

  it("prints a new key with mcast key, which a key file takes as it is", async () => {
    const made = bench.run("key");
    should(await made.exit()).equal(0);
    should(made.printed.toString()).match(/^[0-9a-f]{64}\n$/);
    const other = bench.run("KEY");
    await other.exit();
    should(other.printed.toString()).not.equal(made.printed.toString());
    should(sealingOf(flags({ keyFile: [keyFile(made.printed.toString())] }))?.key.opens).have.length(1);
  });

  it("sends sealed, and receives only datagrams that open: others are refused with their number and the reason", async () => {
    const received = await bench.recv("--key-file", file, "--json", "--count", "2");
    await bench.say("-m", "plain").exit();
    should(await bench.say("--key-file", file, "-m", "one").exit()).equal(0);
    process.env.MCAST_KEY = text;
    should(await bench.say("--sealed", "-m", "two").exit()).equal(0);
    should(await received.exit()).equal(0);
    const lines = received.printed
      .toString()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    should(lines.map(({ payload }) => payload)).deepEqual(["one", "two"]);
    for (const { sealedAt } of lines) should(Math.abs(Date.now() - Date.parse(sealedAt))).be.below(60_000);
  });

  it("ends with 1 after the time-out, and prints the number of refused datagrams and the reason", async () => {
    const received = await bench.recv("--key-file", file, "--timeout", "2");
    await bench.say("-m", "plain", "--count", "3", "--interval", "0.01").exit();
    should(await received.exit()).equal(1);
    should(received.printed).have.length(0);
    should(received.reported.at(-1)).equal(`mcast: nothing received on ${bench.group} within 2 s; 3 refused: not sealed`);
  });

  it("opens and seals anew in mcast hear", async () => {
    await bench.hear("--key-file", file, "--daemon");
    const received = await bench.listener("recv", "--group", bench.other, "--key-file", file);
    await bench.say("--key-file", file, "-m", "hello").exit();
    should(await received.exit()).equal(0);
    should(received.printed.toString()).equal("hello");
  });

  it("takes a previous key, which opens, from the second line of a key file", () => {
    should(sealingOf(flags({ keyFile: [keyFile(`${text}\r\n\n${createKey()}\n`)] }))?.key.opens).have.length(2);
  });

  it("takes a previous key also from the second line of the environment variable, which may be a key file's content", () => {
    process.env.MCAST_KEY = `${text}\n${createKey()}\n`;
    should(sealingOf(flags({ sealed: [] }))?.key.opens).have.length(2);
  });

  it("names where an invalid key came from", () => {
    process.env.MCAST_KEY = "secret";
    should(refusalOf(() => sealingOf(flags({ sealed: [] })))).startWith("MCAST_KEY: The key is not");
    should(refusalOf(() => sealingOf(flags({ keyFile: [keyFile("secret")] })))).match(/home\.key': The key is not/);
  });

  it("is not sealed without a flag, although there is a key in the environment", () => {
    process.env.MCAST_KEY = text;
    should(sealingOf(flags({}))).equal(undefined);
    should(sealingOf(flags({ sealed: [] }))).containEql({ freshness: 30 });
    should(sealingOf(flags({ sealed: [], freshness: ["60"] }))).containEql({ freshness: 60 });
  });

  it("refuses an invalid key with an error that does not quote it", () => {
    const [secret, absent] = ["correct horse battery staple", join(folder, "absent")];
    process.env.MCAST_KEY = secret;
    for (const given of [
      { sealed: [] },
      { keyFile: [keyFile(secret)] },
      { keyFile: [absent] },
      { keyFile: [folder] },
      { sealed: [], keyFile: [keyFile("")] },
      { keyFile: [keyFile(`${text}\n${text}\n${secret}`)] },
      { freshness: ["60"] },
    ]) {
      should(refusalOf(() => sealingOf(flags(given))))
        .match(/^[^\n]+$/)
        .and.not.match(/horse|[0-9a-f]{64}/);
    }
    delete process.env.MCAST_KEY;
    should(() => sealingOf(flags({ sealed: [] }))).throw(/^--sealed needs a key: set MCAST_KEY/);
  });

  it("refuses acknowledgements, which are not sealed, on one line with exit code 2", async () => {
    const heard = bench.verb("hear", "--group", bench.group, "--key-file", file, "--acknowledge");
    should(await heard.exit()).equal(2);
    should(heard.reported).match([/^mcast: Acknowledgements are not sealed/]);
  });

  it("sends no line that is too long for a sealed datagram, and names the line", async () => {
    const said = bench.say("--key-file", file, "--pipe", "--lines");
    should(await said.pipe(`${"x".repeat(65_476)}\n`)).equal(2);
    should(said.reported).deepEqual(["mcast: line 1 is longer than one datagram (at most 65475 bytes)"]);
  });

  it("refuses a --size that is too large for a sealed datagram before it sends anything", async () => {
    const said = bench.say("--key-file", file, "--size", "65507", "-v");
    should(await said.pipe("hello")).equal(2);
    should(said.reported).deepEqual(["mcast: --size 65507 is more than fits in one datagram (at most 65475 bytes)"]);
  });

  it("names the key file that cannot be read", async function () {
    if (process.getuid?.() === 0) this.skip(); // root reads everything
    chmodSync(file, 0);
    const said = bench.say("--key-file", file, "-m", "hello");
    should(await said.exit()).equal(2);
    should(said.reported).match([/^mcast: cannot read the key file '.*home\.key' \(EACCES\)$/]);
  });
});
