import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import should from "should";
import { parseGroup } from "../../../src/lib/address";
import { createKey, readKey } from "../../../src/lib/sealed/group-key";
import { Opener } from "../../../src/lib/sealed/opener";
import { Sealer } from "../../../src/lib/sealed/sealer";
import { TestClock } from "../../support/test-clock";

/** The output of independent.py: a datagram that it sealed, or a payload that it opened. */
interface Said {
  readonly datagram?: string;
  readonly payload?: string;
  readonly ctr?: number;
  readonly refused?: boolean;
}

// The system's Python, which has Debian's python3-cryptography; another one that comes first in PATH may not have it.
const PYTHON = existsSync("/usr/bin/python3") ? "/usr/bin/python3" : "python3";
const SCRIPT = join("test", "lib", "sealed", "independent.py");
const ENDPOINTS = [
  ["239.255.1.1", 59559],
  ["224.0.0.1", 1],
  ["ff02::1", 65535],
  ["ff05::1:2:fb", 256],
] as const;
const PAYLOADS = ["", "68656c6c6f", "00".repeat(1_400), "fe".repeat(2_000)];

const hasCryptography = spawnSync(PYTHON, ["-c", "import cryptography"]).status === 0;

/** Asks independent.py, one line for each question. */
function askPython(questions: readonly object[]): readonly Said[] {
  const input = questions.map((question) => `${JSON.stringify(question)}\n`).join("");
  const { stdout, stderr, status } = spawnSync(PYTHON, [SCRIPT], { input, encoding: "utf8", maxBuffer: 1 << 24 });
  should(status).equal(0, stderr);
  return stdout
    .trim()
    .split("\n")
    .map((line): Said => JSON.parse(line));
}

describe(`an independent implementation in Python${hasCryptography ? "" : " (skipped: python3-cryptography is not installed)"}`, () => {
  const key = createKey();
  const clock = new TestClock();
  const cases = ENDPOINTS.flatMap(([group, port]) => PAYLOADS.map((payload) => ({ key, group, port, payload })));
  before(function () {
    if (!hasCryptography) this.skip();
  });

  it("opens the datagrams of this one", () => {
    const sealer = new Sealer({ key: readKey(key), clock });
    const questions = cases.map(({ group, port, payload }) => {
      const datagram = sealer.seal(Buffer.from(payload, "hex"), parseGroup(group), port).toString("hex");
      return { do: "open", key, group, port, datagram };
    });
    should(askPython(questions).map(({ payload }) => payload)).deepEqual(cases.map(({ payload }) => payload));
    const first = questions.slice(0, 1).map((question) => ({ ...question, port: 59560 }));
    should(askPython(first)).deepEqual([{ refused: true }]);
  });

  it("seals datagrams that this one opens", () => {
    const ctr = clock.utc() * 1_000;
    const said = askPython(cases.map((each, index) => ({ do: "seal", kid: "8123456789abcdef", ctr: ctr + index, ...each })));
    should(said).have.length(cases.length);
    for (const [index, { datagram = "" }] of said.entries()) {
      const { group = "", port = 0, payload } = cases[index] ?? {};
      const opener = new Opener({ key: readKey(key), group: parseGroup(group), port, freshness: 30, clock });
      const result = opener.open(Buffer.from(datagram, "hex"));
      if (result.kind !== "opened") throw new Error(result.kind);
      should(result.payload.toString("hex")).equal(payload);
    }
  });

  it("seals, with the same KID and CTR, the very bytes that this one seals", () => {
    const random = () => Buffer.from("8123456789abcdef", "hex");
    const said = askPython(cases.map((each) => ({ do: "seal", kid: "8123456789abcdef", ctr: clock.utc() * 1_000, ...each })));
    for (const [index, { datagram }] of said.entries()) {
      const { group = "", port = 0, payload = "" } = cases[index] ?? {};
      const sealer = new Sealer({ key: readKey(key), clock, random });
      should(sealer.seal(Buffer.from(payload, "hex"), parseGroup(group), port).toString("hex")).equal(datagram);
    }
  });
});
