import should from "should";
import { McastError } from "../../../src/lib/errors";
import { hearOptions, joinOptions, recvOptions } from "../../../src/lib/options/options";
import { readAllow, readIface } from "../../../src/lib/options/properties";

describe("a list that stands inside a list, as a JSON environment variable of a flow does", () => {
  it("is a list of groups, at any depth", () => {
    const groups = ["239.255.1.1", ["239.255.1.2", ["239.255.1.3", [["239.255.1.4"]]]]];
    should(recvOptions({ groups }).joins.map(({ group }) => group.address)).deepEqual([1, 2, 3, 4].map((number) => `239.255.1.${number}`));
  });

  it("is a list of hear's groups, at any depth, which keep their marks", () => {
    const groups = [{ group: "239.255.1.1", echo: false }, [["239.255.1.2"], [{ group: ["239.255.1.3", ["239.255.1.4"]], echo: false }]]];
    should(hearOptions({ group: "239.255.9.9", groups }).joins.map(({ group, echo }) => [group.address, echo])).deepEqual([
      ["239.255.1.1", false],
      ["239.255.1.2", true],
      ["239.255.1.3", false],
      ["239.255.1.4", false],
    ]);
  });

  it("is a list of interfaces, at any depth", () => {
    should(readIface(["eth0", ["eth1", [["10.1.0.1"]]]], "all")).deepEqual(["eth0", "eth1", "10.1.0.1"]);
    should(readIface([["all"]], "default")).equal("all");
  });

  it("is a list of senders, at any depth", () => {
    should(readAllow(["10.1.0.1", [["10.1.0.2", ["10.2.0.0/16"]]]])).deepEqual(["10.1.0.1", "10.1.0.2", "10.2.0.0/16"]);
  });

  it("that holds nothing is a missing group still", () => {
    should(() => recvOptions({ groups: [[], [[]]] })).throw(McastError, { code: "ERR_MCAST_GROUP" });
  });

  it("that holds itself, or is very deep, ends in no other error than the list's own", () => {
    const endless: unknown[] = [];
    endless.push(endless);
    should(() => recvOptions({ groups: endless })).throw(McastError);
    let deep: unknown = "239.255.1.1";
    for (let depth = 0; depth < 100_000; depth += 1) deep = [deep];
    try {
      should(recvOptions({ groups: deep }).joins).have.length(1);
    } catch (error) {
      should(error).be.instanceof(McastError);
    }
  });
});

describe("names of interfaces", () => {
  it("with blanks and commas are given one per row", () => {
    for (const name of ["Ethernet 2", "vEthernet (WSL, internal)", "Local Area Connection* 11"]) {
      should(readIface([name], "all")).deepEqual([name]);
      should(joinOptions({ iface: [name, "10.1.0.1"] }).iface).deepEqual([name, "10.1.0.1"]);
    }
  });

  it("with blanks are given in one line too", () => {
    should(readIface("Ethernet 2, Wi-Fi", "all")).deepEqual(["Ethernet 2", "Wi-Fi"]);
  });

  for (const value of ["0.0.0.0", "::", "::0", "0:0:0:0:0:0:0:0", "239.255.1.1", "224.0.0.0/4", "ff02::1", "ff00::/8", "ff02::1%eth0"]) {
    it(`are not ${value}: that is refused, alone and in a list, with words that name it`, () => {
      for (const given of [value, `eth0, ${value}`, ["eth0", value]]) {
        should(() => readIface(given, "all")).throw(McastError, { code: "ERR_MCAST_OPTION" });
        should(() => readIface(given, "all")).throw(new RegExp(value.replace(/[.]/g, "\\.")));
      }
    });
  }
});
