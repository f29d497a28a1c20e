import "should";
import { HelperProcess } from "../../bench/helper-process";
import type { Reading } from "../../bench/meter";
import { freeGroup, freePort } from "../../bench/ports";

describe("the benchmark", () => {
  it("counts each message that a process under test has handled, and its cost", async () => {
    const subject = new HelperProcess("subject");
    const load = new HelperProcess("load");
    const places = { groups: [freeGroup()], port: await freePort() };
    try {
      await subject.ask("start", { contender: "mcast", role: "recv", ...places });
      await subject.ask("begin", { ages: true });
      await load.ask("send", { ...places, bytes: 64, rate: 0, count: 320 });
      const { handled, sent, cpu, p50, p99 } = await subject.ask<Reading>("end");
      [handled, sent].should.deepEqual([320, 0]);
      cpu.should.be.above(0);
      p50.should.be.above(0);
      p99.should.not.be.below(p50);
    } finally {
      await Promise.all([subject.end(), load.end()]);
    }
  });
});
