import should from "should";
import { describeLab, type Lab } from "./lab";

const group = "239.255.1.1";
const port = 5000;

describeLab("a flap behind a switch that snoops, whose queries do not arrive", (lab) => {
  for (const milliseconds of [100, 300, 1_000]) {
    it(`is over 2.5 s after the port forwards again (${milliseconds} ms)`, async () => {
      snoop(lab);
      const [ours, speaker, wire] = await Promise.all([lab.agent("a"), lab.agent("b"), lab.watch("a", "eth0", "igmp")]);
      const membership = await ours.join({ group, port, iface: "eth0" });
      await wire.count(1, /gaddr 239\.255\.1\.1 (to_ex|is_ex)/); // the switch knows by now who listens
      await speaker.say({ group, port, iface: "eth0" }, "before");
      await ours.count(1);
      await ours.beats(1); // the flap is over before the next heartbeat
      lab.on("switch", `ip link set a-eth0 down; sleep ${milliseconds / 1000}; ip link set a-eth0 up`);
      lab.allForward();
      await speaker.flood({ fields: { group, port, iface: "eth0" }, count: 300, rate: 100 });
      // The flood counts hundredths of a second.
      should(Number(ours.heard[1]?.text ?? Number.POSITIVE_INFINITY)).be.belowOrEqual(250);
      should(ours.state(membership)).equal("joined eth0");
      should(lab.joined("a", group)).deepEqual({ eth0: 1 });
    });
  }
});

/**
 * Has lan1 snoop without ever forgetting a member whose port stays up. The switch takes itself for the querier, but what it
 * asks does not get through to host a.
 */
function snoop(lab: Lab): void {
  lab.on("a", "nft 'add table ip t; add chain ip t i { type filter hook input priority 0; }; add rule ip t i ip protocol igmp drop'");
  lab.on(
    "switch",
    "ip link set lan1 type bridge mcast_snooping 1 mcast_igmp_version 3 mcast_query_response_interval 10; ip link set lan1 type bridge mcast_querier 1",
  );
}
