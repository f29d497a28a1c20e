import should from "should";
import { diagnose } from "../../../src/lib/api/diagnose";
import { freePort, LO, ownGroup } from "../../support/loopback";

describe("diagnose", () => {
  it("resolves with findings about a group, port and interface", async () => {
    const [group, port] = [ownGroup(), await freePort()];
    const found = (await diagnose({ group, port, iface: LO })).find(({ id }) => id === "self-test");
    should(found).containEql({ level: "ok" });
    should(found?.details).containEql({ interface: "lo", group, port });
  });

  it("rejects invalid and unknown fields", async () => {
    await diagnose({ group: "10.0.0.1" }).should.be.rejectedWith({ code: "ERR_MCAST_GROUP" });
    await diagnose(Object({ prot: 5000 })).should.be.rejectedWith({ code: "ERR_MCAST_OPTION", message: /port/ });
  });
});
