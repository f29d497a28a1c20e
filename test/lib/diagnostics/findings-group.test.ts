import should from "should";
import { groupFindings } from "../../../src/lib/diagnostics/findings-group";
import { joinOptions } from "../../../src/lib/options/options";
import { examined, hostWith } from "../../support/examined";

const about = (group: string, port = 5000) =>
  groupFindings(examined(hostWith(), { group, port })).map(({ level, fact }) => `${level} ${fact}`);

describe("the doctor on the group", () => {
  it("finds nothing special about a private group", () => {
    should(about("239.255.1.1")).match([/^ok 239\.255\.1\.1:5000 is free/]);
    should(about("ff15::1")).match([/^ok/]);
  });

  it("finds groups of one link", () => {
    should(about("224.0.0.1")).match([/^note .* one link/]);
    should(about("ff02::1")).match([/^note .* one link/]);
  });

  it("finds the groups of protocols, and their ports with another group", () => {
    should(about("239.255.255.250", 1900)).match([/^note 239\.255\.255\.250:1900 is SSDP/]);
    should(about("224.0.0.251", 5353)).match([/^note .* one link/, /^note .* mDNS/]);
    should(about("239.255.1.1", 5353)).match([/^warning Port 5353 is that of mDNS/]);
  });

  it("finds a source-specific group that was joined for no sender", async () => {
    should(about("232.1.1.1")).match([/^warning .* source-specific/]);
    const examination = examined(hostWith(), { group: "232.1.1.1" });
    const membership = examination.multicast.join(joinOptions({ group: "232.1.1.1", port: 5000, allow: "192.168.1.9", iface: "eth7" }), {
      onDatagram: () => {},
    });
    should(groupFindings(examination).map(({ level }) => level)).deepEqual(["ok"]);
    await membership.leave();
  });
});
