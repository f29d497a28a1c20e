import should from "should";
import { groupAlone, groupsOf, ifaceOf } from "../../src/cli/network-flags";

describe("groupsOf", () => {
  it("gives the groups of --group and --groups, each once in its canonical spelling", () => {
    const flags = new Map([
      ["groups", ["FF02:0::1", "239.255.1.1"]],
      ["group", ["239.255.1.1", "ff02::1", "ff02::1%eth0"]],
    ] as const);
    should(groupsOf(flags)).deepEqual(["239.255.1.1", "ff02::1", "ff02::1%eth0"]);
    should(groupsOf(new Map())).be.empty();
  });
});

describe("groupAlone", () => {
  it("refuses a blank group, as an empty variable gives it, in the words of the command", () => {
    for (const blank of ["", " "]) should(() => groupAlone(blank)).throw(`'${blank}' is not a group: give one such as 239.255.1.1`);
  });

  it("refuses a group that contains a port, and names the flag for it", () => {
    should(() => groupAlone("[ff02::1]:5000")).throw("'[ff02::1]:5000' contains a port: give it as --port 5000");
  });
});

describe("ifaceOf", () => {
  it("takes any address, as the Python tool's lines have it, as the default", () => {
    for (const any of ["0.0.0.0", "::"]) should(ifaceOf(new Map([["iface", [any]]]))).be.undefined();
    should(ifaceOf(new Map([["iface", ["eth0,eth1"]]]))).equal("eth0,eth1");
  });
});
