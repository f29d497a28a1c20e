import should from "should";
import { useFlowNodes } from "../support/flow-nodes";
import { LO } from "../support/loopback";
import { deploy, helper } from "../support/node-red";

describe("the interfaces route", () => {
  const { say, recv } = useFlowNodes();

  it("gives the editor the interfaces of the host, although several nodes register it", async () => {
    await deploy(say("say"), recv("recv"));
    const { body } = await helper.request().get("/mcast/interfaces").expect(200);
    const lo = body.find((each: { name: string }) => each.name === "lo");
    should(lo).containEql({ name: "lo", internal: true, wireless: false, usable: false, reason: "loopback" });
    should(lo.addresses).containEql({ address: LO, family: "IPv4", cidr: "127.0.0.1/8" });
  });

  it("gives the result of a choice of interfaces for one group or several", async () => {
    await deploy(recv("recv"));
    const choose = (iface: string, group: string) => helper.request().get("/mcast/interfaces").query({ iface, group });
    const { body } = await choose("lo, eth77", "239.255.1.1,239.255.1.2").expect(200);
    should(body).deepEqual({
      names: [{ name: "lo", address: LO }],
      standBy: [],
      missing: [{ reason: "interface-absent", details: { interface: "eth77" } }],
    });
  });

  it("refuses a choice or a group that is not valid with the reason", async () => {
    await deploy(recv("recv"));
    const { body } = await helper.request().get("/mcast/interfaces").query({ iface: "all, lo", group: "239.255.1.1" }).expect(400);
    should(body).containEql({ code: "ERR_MCAST_OPTION" });
    await helper.request().get("/mcast/interfaces").query({ iface: "all" }).expect(400);
  });
});
