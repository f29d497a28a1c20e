import should from "should";
import { parseGroup } from "../../../src/lib/address";
import { defaultTarget } from "../../../src/lib/host/default-interface";
import { usableFor } from "../../../src/lib/host/interface-choice";
import { SYSTEM_CHOICE } from "../../../src/lib/host/interfaces";
import type { RouteQuestion } from "../../../src/lib/host/system";
import { ipv4, ipv6, snapshotOf, systemRefusal, TestSystem } from "../../support/test-system";

const group = parseGroup("239.255.1.1");
const lo = [ipv4("127.0.0.1/8", true)];
const eth0 = [ipv4("192.168.1.5/24"), ipv6("fe80::5/64", 2)];
const wlan0 = [ipv4("10.0.0.5/8"), ipv6("fe80::6/64", 3)];

describe("the default interface", () => {
  let system: TestSystem;
  const target = (to = group, ...before: readonly string[]) => {
    const snapshot = snapshotOf(system);
    return defaultTarget(
      to,
      before.map((name) => ({ name })),
      snapshot,
      usableFor(to.family, snapshot),
    );
  };
  const names = (...before: readonly string[]) => target(group, ...before).targets.map(({ name }) => name);

  beforeEach(() => {
    system = new TestSystem({ lo, eth0, wlan0 });
  });

  it("is the one that has the source address of the route", () => {
    system.route = "10.0.0.5";
    should(names()).deepEqual(["wlan0"]);
    system.route = "127.0.0.1";
    should(names()).deepEqual(["lo"]);
  });

  it("is the only usable one where no route leads to the group, and none of several", () => {
    should(target().missing).containEql({ reason: "interface-choose", details: { interfaces: "eth0, wlan0" } });
    system.interfaces = { lo, eth0 };
    should(names()).deepEqual(["eth0"]);
  });

  it("is the loopback interface where there is no other, for IPv4 only", () => {
    system.interfaces = { lo: [...lo, ipv6("::1/128", 0, true)] };
    should(names()).deepEqual(["lo"]);
    should(target(parseGroup("ff02::1")).missing).containEql({ reason: "interface-none" });
  });

  it("stays the one in use while the route is gone and several are usable", () => {
    should(names("wlan0")).deepEqual(["wlan0"]);
    should(names("eth9")).deepEqual(["eth9"]);
  });

  it("does not stay the loopback interface when others are usable", () => {
    should(target(group, "lo").missing).containEql({ reason: "interface-choose" });
  });

  it("stays the one in use while the route cannot be asked for", () => {
    system.interfaces = { lo, eth0 };
    system.probeRoute = () => ({ kind: "failed", errno: "EMFILE" });
    should(names("lo")).deepEqual(["lo"]);
    should(names()).deepEqual(["eth0"]);
  });

  it("is left to the system where the route's source is no interface's, or the system lists no interfaces", () => {
    system.route = "203.0.113.9";
    should(names()).deepEqual([SYSTEM_CHOICE]);
    system.networkInterfaces = () => {
      throw systemRefusal("EAFNOSUPPORT");
    };
    should(names()).deepEqual([SYSTEM_CHOICE]);
  });

  it("of a link-scoped group is asked for by a group of a wider scope, because the probe would refuse it without a zone", () => {
    const asked: string[] = [];
    system.probeRoute = (question: RouteQuestion) => {
      asked.push(question.group);
      return { kind: "source", address: "fe80::6%wlan0" };
    };
    should(target(parseGroup("ff02::1:7")).targets).deepEqual([{ name: "wlan0" }]);
    should(asked).deepEqual(["ff05::1:7"]);
  });
});
