import { once } from "node:events";
import { mkdtempSync, rmSync, watch, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import should from "should";
import { LO } from "../../support/loopback";
import { end, hog, otherProcess } from "../../support/other-process";
import { Bench } from "../bench";

describe("mcast doctor", () => {
  const bench = Bench.forEachTest();

  it("prints a paragraph for each finding, and ends with 0 without a warning", async () => {
    const doctor = bench.verb("doctor", "--group", bench.group);
    should(await doctor.exit()).equal(0);
    const printed = doctor.printed.toString();
    should(printed).match(new RegExp(`^OK {7}self-test: lo: joined ${bench.group}:${bench.port}, sent`, "m"));
    should(printed).match(/\n0 fault, 0 warning, \d+ unknown, \d+ note, \d+ ok\n$/);
  });

  it("prints with --json one object a line", async () => {
    const doctor = bench.verb("doctor", "--group", bench.group, "--json");
    should(await doctor.exit()).equal(0);
    const found = doctor.printed
      .toString()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    should(found.length).be.above(20);
    for (const each of found) should(Object.keys(each)).deepEqual(["id", "level", "fact", "why", "remedy", "details", "link"]);
  });

  it("ends with 2 for a fault, which it prints first, with the remedy and the section", async () => {
    const holder = await otherProcess(hog(bench.port));
    const doctor = bench.verb("doctor", "--group", bench.group);
    const exit = await doctor.exit();
    await end(holder);
    should(exit).equal(2);
    should(doctor.printed.toString()).match(
      /^FAULT {4}port-holder: .*node\s+\(pid\s+\d+, 0\.0\.0\.0:\d+\).*\n {9}> Stop that program.*\n {9}https:\/\/\S+\/docs\/troubleshooting\.md#port-holder\n\n/s,
    );
  });

  it("ends with 1 for a warning", async () => {
    const doctor = bench.run("doctor", "--iface", LO, "--group", "232.1.2.3", "--port", `${bench.port}`);
    should(await doctor.exit()).equal(1);
    should(doctor.printed.toString()).match(/^WARNING {2}group-kind: 232\.1\.2\.3 is a source-specific group/);
  });

  it("refuses an invalid group, and more than one", async () => {
    for (const [words, line] of [
      [["--group", "10.0.0.1"], /10\.0\.0\.1/],
      [["--groups", "239.255.1.1", "239.255.1.2"], /one group at a time/],
    ] as const) {
      const doctor = bench.run("doctor", ...words);
      should(await doctor.exit()).equal(2);
      should(doctor.reported).match([line]);
    }
  });

  it("ends within a second of a signal, even while a firewall program does not reply", async () => {
    const folder = mkdtempSync(join(tmpdir(), "mcast-"));
    const { PATH = "" } = process.env;
    for (const program of ["nft", "firewall-cmd"])
      writeFileSync(join(folder, program), `#!/bin/sh\n: > ${folder}/started\nexec sleep 20\n`, { mode: 0o755 });
    const watcher = watch(folder);
    const started = once(watcher, "change");
    process.env.PATH = `${folder}:${PATH}`;
    const doctor = bench.verb("doctor", "--group", bench.group);
    process.env.PATH = PATH;
    await started;
    const start = Date.now();
    should(await doctor.interrupt()).equal(0);
    should(Date.now() - start).be.below(1_000);
    should(doctor.printed).have.length(0);
    watcher.close();
    rmSync(folder, { recursive: true });
  });
});
