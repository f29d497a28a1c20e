import should from "should";
import { describeLab, type Lab } from "./lab";

const port = 5000;

describeLab("senders that are allowed", (lab) => {
  it("are requested from the network for a source-specific group, and no other sender of that group is received", () =>
    specific(lab, "232.1.1.1", "10.1.0.2"));

  it("are requested over IPv6 as well", () => specific(lab, "ff3e::8000:1", "fd01::2"));

  it("of another subnet are kept out of a group that is not source-specific", async () => {
    const [ours, everyone, first, second] = await Promise.all([lab.agent("a"), lab.agent("a"), lab.agent("b"), lab.agent("c")]);
    await ours.join({ group: "239.255.1.1", port, iface: "eth0,eth1", allow: "10.2.0.0/24, 10.1.0.3" });
    await everyone.join({ group: "239.255.1.1", port, iface: "eth0,eth1" });
    await first.say({ group: "239.255.1.1", port, iface: "eth0" }, "b on the first");
    await first.say({ group: "239.255.1.1", port, iface: "eth1" }, "b on the second");
    await second.say({ group: "239.255.1.1", port, iface: "eth0" }, "c on the first");
    await Promise.all([everyone.count(3), ours.count(2)]);
    should([...ours.reported].sort()).deepEqual(["b on the second on eth1", "c on the first on eth0"]);
  });
});

async function specific(lab: Lab, group: string, allowed: string): Promise<void> {
  const reports = await lab.watch("a", "eth0", "igmp or (ip6 and ip6[48] == 143)"); // MLDv2's come behind the router alert
  const [ours, everyone, first, second] = await Promise.all([lab.agent("a"), lab.agent("a"), lab.agent("b"), lab.agent("c")]);
  should(ours.state(await ours.join({ group, port, iface: "eth0", allow: allowed }))).equal("joined eth0");
  await reports.count(1, new RegExp(`gaddr ${group} allow, 1 source`));
  await everyone.join({ group, port, iface: "eth0" });
  await second.say({ group, port, iface: "eth0" }, "from c");
  await first.say({ group, port, iface: "eth0" }, "from b");
  await Promise.all([ours.count(1), everyone.count(2)]);
  should(ours.reported).deepEqual(["from b on eth0"]);
}
