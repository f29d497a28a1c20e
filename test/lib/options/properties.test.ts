import should from "should";
import { McastError } from "../../../src/lib/errors";
import { joinOptions } from "../../../src/lib/options/options";
import { DEFAULTS, PROPERTIES, readIface, readProperty } from "../../../src/lib/options/properties";

describe("the table of properties", () => {
  it("contains the default of every property, as DEFAULTS does", () => {
    for (const [name, { otherwise, read }] of Object.entries(PROPERTIES)) {
      should(read(undefined, name)).deepEqual(otherwise, name);
      should(DEFAULTS).have.property(name, otherwise);
    }
  });

  it("takes a blank as the default, except for the port", () => {
    const refused = Object.entries(PROPERTIES).filter(([name, { read }]) => {
      try {
        read("", name);
        return false;
      } catch {
        return true;
      }
    });
    should(refused.map(([name]) => name)).deepEqual(["port"]);
  });

  it("accepts a number at its limits and the value for off, and names the limits in a refusal", () => {
    for (const value of [0, 10, 86_400, "10"]) should(readProperty("refresh", value)).equal(Number(value));
    for (const value of [9, 86_401, -1]) {
      should(() => readProperty("refresh", value)).throw(`Refresh must be 0 (off) or 10 to 86400 seconds, not ${value}`);
    }
    should(() => readProperty("ttl", 256)).throw("TTL 256 is out of range (0 to 255)", { code: "ERR_MCAST_TTL" });
  });

  it("names the property and its choices where it refuses a word", () => {
    should(() => readProperty("loopback", "maybe")).throw("loopback must be true or false, not maybe");
    should(() => readProperty("datatype", "xml")).throw("datatype must be one of buffer, utf8, base64, json, not xml");
  });
});

describe("the names of interfaces", () => {
  it("may have blanks and commas where each has its own entry", () => {
    for (const name of ["Ethernet 2", "vEthernet (WSL, internal)", "Local Area Connection* 11"]) {
      should(readIface([name], "all")).deepEqual([name]);
      should(joinOptions({ iface: [name, "10.1.0.1"] }).iface).deepEqual([name, "10.1.0.1"]);
    }
  });

  it("may have blanks in a text that separates them by commas", () => {
    should(readIface("Ethernet 2, Wi-Fi", "all")).deepEqual(["Ethernet 2", "Wi-Fi"]);
  });

  for (const value of ["0.0.0.0", "::", "::0", "0:0:0:0:0:0:0:0", "239.255.1.1", "224.0.0.0/4", "ff02::1", "ff00::/8", "ff02::1%eth0"]) {
    it(`do not include ${value}: it is refused, alone and in a list, with a message that names it`, () => {
      for (const given of [value, `eth0, ${value}`, ["eth0", value]]) {
        should(() => readIface(given, "all")).throw(McastError, { code: "ERR_MCAST_OPTION" });
        should(() => readIface(given, "all")).throw(new RegExp(value.replace(/[.]/g, "\\.")));
      }
    });
  }
});
