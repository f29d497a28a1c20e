import should from "should";
import { meaningOf } from "../../src/editor/group-meaning";
import { parseGroup } from "../../src/lib/address";

describe("the meaning of a group", () => {
  for (const [group, key] of [
    ["224.0.0.1", "meaning.allHosts"],
    ["FF02:0::1", "meaning.allHosts"],
    ["224.0.0.251", "meaning.mdns"],
    ["ff02::fb", "meaning.mdns"],
    ["239.255.255.250", "meaning.ssdp"],
    ["ff05::c", "meaning.ssdp"],
    ["224.0.0.2", "meaning.linkLocal"],
    ["224.0.1.1", "meaning.global"],
    ["233.252.0.1", "meaning.documentation"],
    ["239.255.1.1", "meaning.siteLocal"],
    ["239.1.1.1", "meaning.organisationLocal"],
    ["232.1.1.1", "meaning.sourceSpecific"],
    ["ff3e::8000:1", "meaning.sourceSpecific"],
    ["ff01::1", "meaning.interfaceLocal"],
    ["ff12::1234", "meaning.linkLocal"],
    ["ff03::1", "meaning.siteLocal"],
    ["ff05::1", "meaning.siteLocal"],
    ["ff08::1", "meaning.organisationLocal"],
    ["ff0e::1", "meaning.global"],
    ["ff02::1%eth0", "meaning.allHosts"],
  ] as const) {
    it(`${group} is ${key}`, () => should(meaningOf(parseGroup(group))).equal(key));
  }
});
