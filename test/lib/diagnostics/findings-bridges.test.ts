import should from "should";
import { bridgeFindings } from "../../../src/lib/diagnostics/findings-bridges";
import { card, examined, hostWith } from "../../support/examined";

const bridge = (name: string, snooping: string, querier: string) => ({
  ...card(name, { "bridge/multicast_snooping": snooping, "bridge/multicast_querier": querier }),
  "/proc/net/dev": `lo: 0\neth0: 0\n${name}: 0\n`,
});
const level = async (system: ReturnType<typeof hostWith>) => (await bridgeFindings(examined(system))).map((each) => each.level).join();

describe("the doctor on the bridges", () => {
  it("finds a bridge that snoops without a querier", async () => {
    const [found] = await bridgeFindings(examined(hostWith(bridge("br0", "1", "0"))));
    should(found).containEql({ id: "bridge-querier", level: "warning", details: { bridges: ["br0"] } });
  });

  it("names several bridges in one sentence", async () => {
    const files = { ...bridge("br0", "1", "0"), ...bridge("br1", "1", "0"), "/proc/net/dev": "lo: 0\neth0: 0\nbr0: 0\nbr1: 0\n" };
    const [found] = await bridgeFindings(examined(hostWith(files)));
    should(found?.fact).equal("IGMP snooping without a querier on br0 and br1.");
  });

  it("is content without snooping, with a querier, and with the bridge of a container program", async () => {
    should(await level(hostWith(bridge("br0", "0", "0")))).equal("ok");
    should(await level(hostWith(bridge("br0", "1", "1")))).equal("ok");
    should(await level(hostWith(bridge("docker0", "1", "0")))).equal("ok");
  });

  it("is content with a querier that the bridge knows", async () => {
    const system = hostWith(bridge("br0", "1", "0"));
    const command = "ip -d -j link show dev br0";
    system.commands = { [command]: '[{"linkinfo":{"info_data":{"mcast_querier_ipv4_addr":"192.168.1.1"}}}]' };
    should(await level(system)).equal("ok");
    system.commands = { [command]: '[{"linkinfo":{"info_data":{"mcast_querier_ipv4_addr":"0.0.0.0"}}}]' };
    should(await level(system)).equal("warning");
  });

  it("does not know on another system", async () => {
    const system = hostWith();
    system.platform = "freebsd";
    should(await level(system)).equal("unknown");
  });
});
