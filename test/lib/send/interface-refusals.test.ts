import should from "should";
import { McastError } from "../../../src/lib/errors";
import { InterfaceRefusals } from "../../../src/lib/send/interface-refusals";

describe("the refusals of the interfaces of a path", () => {
  const refused = new McastError("send-refused", { interface: "eth0", errno: "EPERM" });
  const unreachable = new McastError("send-refused", { interface: "eth0", errno: "ENETUNREACH" });
  let refusals: InterfaceRefusals;

  beforeEach(() => {
    refusals = new InterfaceRefusals();
  });

  it("are those of the last datagram on each interface", () => {
    should(refusals.record("eth0", refused)).be.true();
    should([refusals.of("eth0"), refusals.of("eth1")]).deepEqual([refused, undefined]);
    should(refusals.record("eth0", undefined)).be.true();
    should(refusals.of("eth0")).be.undefined();
  });

  it("do not change with the same result again", () => {
    should(refusals.record("eth0", undefined)).be.false();
    should([refusals.record("eth0", refused), refusals.record("eth0", refused)]).deepEqual([true, false]);
  });

  it("do not include a datagram that is too large, since the next one may fit", () => {
    should(refusals.record("eth0", new McastError("send-size", { bytes: 70_000 }))).be.false();
    should(refusals.of("eth0")).be.undefined();
  });

  it("change four times between two beats, and take the last result at the beat", () => {
    const results = [refused, undefined, refused, undefined, refused, undefined, unreachable];
    should(results.map((result) => refusals.record("eth0", result))).deepEqual([true, true, true, true, false, false, false]);
    should(refusals.of("eth0")).be.undefined();
    refusals.beat();
    should(refusals.of("eth0")).equal(unreachable);
    should(refusals.record("eth0", undefined)).be.true();
  });

  it("of interfaces that are not used any more are forgotten, and all of them with a new socket", () => {
    for (const name of ["eth0", "eth1"]) refusals.record(name, refused);
    refusals.retain((name) => name === "eth1");
    should([refusals.of("eth0"), refusals.of("eth1")]).deepEqual([undefined, refused]);
    refusals.clear();
    should(refusals.of("eth1")).be.undefined();
  });
});
