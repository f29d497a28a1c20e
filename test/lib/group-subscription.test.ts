import should from "should";
import { GroupSubscription } from "../../src/lib/group-subscription";
import { Multicast } from "../../src/lib/multicast";
import { type JoinOptions, joinOptions } from "../../src/lib/options/options";
import { Ear, freePort } from "../support/loopback";
import { ipv6, TestSystem } from "../support/test-system";

describe("a subscription of groups", () => {
  let system: TestSystem;
  let multicast: Multicast;
  let groups: GroupSubscription;
  let port: number;
  const options = (group: string, iface?: string): JoinOptions => joinOptions({ group, port, iface });
  const joined = () => groups.joins.map(({ group, zone }) => (zone === undefined ? group.address : `${group.address}%${zone}`));

  beforeEach(async () => {
    system = new TestSystem({ eth0: [ipv6("fe80::5/64", 2)], eth1: [ipv6("fe80::6/64", 3)] });
    system.refuse = () => "EAFNOSUPPORT";
    multicast = new Multicast(system);
    port = await freePort();
    groups = new GroupSubscription(multicast, new Ear());
  });
  afterEach(async () => {
    await groups.close();
    should(multicast.sockets).deepEqual({ receiving: 0, sending: 0 });
    should(system.timers).equal(0);
  });

  it("has at most 4,096 groups: one more is refused, and joins nothing", () => {
    const all = Array.from({ length: 4_096 }, (_, each) => options(`239.255.${each >> 8}.${each & 255}`, "eth7"));
    groups.join(all);
    should(() => groups.join([options("239.254.1.1", "eth7")])).throw(/at most 4096/, { code: "ERR_MCAST_JOIN" });
    should(groups.joins).have.length(4_096);
    groups.leave(all.slice(0, 1));
    groups.join([options("239.254.1.1", "eth7")]);
    should(groups.joins).have.length(4_096);
  });

  it("stays in a group on one interface when the group on another interface is left", () => {
    groups.join([options("ff02::1:7%eth1")]);
    groups.leave([options("ff02::1:7%eth0")]);
    should(joined()).deepEqual(["ff02::1:7%eth1"]);
  });

  it("leaves a group on every interface when it is left without a zone", () => {
    groups.join([options("ff02::1:7%eth0"), options("ff02::1:7%eth1")]);
    groups.leave([options("ff02::1:7")]);
    should(joined()).be.empty();
  });

  it("leaves only the group on the named interface where that is joined too", () => {
    groups.join([options("ff02::1:7%eth0"), options("ff02::1:7%eth1")]);
    groups.leave([options("ff02::1:7%eth0")]);
    should(joined()).deepEqual(["ff02::1:7%eth1"]);
  });
});
