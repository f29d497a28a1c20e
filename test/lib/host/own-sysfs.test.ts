import should from "should";
import { hasOwnSysfs, interfaceNames } from "../../../src/lib/host/own-sysfs";
import { card, hostWith } from "../../support/examined";
import { TestSystem } from "../../support/test-system";

describe("the names of the interfaces in /proc", () => {
  it("are all those of the network namespace", () => {
    should(interfaceNames(hostWith())).deepEqual(["lo", "eth0"]);
    should(interfaceNames(new TestSystem())).be.undefined();
  });
});

describe("the interfaces in /sys", () => {
  it("are those of this process if names and MAC addresses agree", () => {
    should(hasOwnSysfs(hostWith())).be.true();
    should(hasOwnSysfs(hostWith({ "/sys/class/net/bonding_masters": "\n" }))).be.true();
    should(hasOwnSysfs(hostWith({ "/sys/class/net/eth0/address": "00:00:00:00:00:00\n" }))).be.true();
  });

  it("are those of another network namespace if a name or a MAC address differs", () => {
    should(hasOwnSysfs(hostWith({ "/sys/class/net/eth0/address": "02:00:00:00:00:01\n" }))).be.false();
    should(hasOwnSysfs(hostWith(card("eth1")))).be.false();
    should(hasOwnSysfs(hostWith({ "/proc/net/dev": "lo: 0\neth0: 0\neth1: 0\n" }))).be.false();
  });
});
