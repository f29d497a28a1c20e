import should from "should";
import { hasPolicyRoute, routeDevice } from "../../../src/lib/host/routes";
import { TestSystem } from "../../support/test-system";

// All tables as Linux 6.18 of a little-endian machine has them, made by ip(8) in a network namespace.
const HEADING = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT  ";

const v4 = (...routes: readonly string[]) => on({ route: [HEADING, ...routes.map((route) => route.replaceAll(" ", "\t"))].join("\n") });
const v6 = (...routes: readonly string[]) => on({ ipv6_route: routes.join("\n") });

function on(tables: Readonly<Record<string, string>>): TestSystem {
  const files = Object.fromEntries(Object.entries(tables).map(([name, text]) => [`/proc/net/${name}`, `${text}\n`]));
  return Object.assign(new TestSystem(), { files });
}

const DEFAULT = "eth0 00000000 0901420A 0003 0 0 0 00000000 0 0 0";
const SUBNET = "eth0 0001420A 00000000 0001 0 0 0 00FFFFFF 0 0 0";
const ALL_GROUPS_LO = "lo 000000E0 00000000 0001 0 0 0 000000F0 0 0 0";
const device = (name: string, hasGateway = false) => ({ kind: "device", device: name, hasGateway });

describe("the device of an IPv4 route", () => {
  it("is the default route's, by its gateway, where no other fits", () => {
    should(routeDevice(v4(DEFAULT, SUBNET), "239.255.1.1")).deepEqual(device("eth0", true));
    should(routeDevice(v4(DEFAULT, SUBNET), "10.66.1.77")).deepEqual(device("eth0"));
  });

  it("is that of the longest prefix: a route of all groups to lo before the default route, one group before both", () => {
    const one = "eth1 040404EF 00000000 0005 0 0 0 FFFFFFFF 0 0 0";
    should(routeDevice(v4(DEFAULT, ALL_GROUPS_LO, one), "239.4.4.1")).deepEqual(device("lo"));
    should(routeDevice(v4(DEFAULT, ALL_GROUPS_LO, one), "239.4.4.4")).deepEqual(device("eth1"));
    should(routeDevice(v4(DEFAULT, "eth1 0000F0EF 00000000 0001 0 0 0 0000F0FF 0 0 0"), "239.255.1.1")).deepEqual(device("eth1"));
    should(routeDevice(v4(DEFAULT, "eth1 0000F0EF 00000000 0001 0 0 0 0000F0FF 0 0 0"), "239.239.1.1")).deepEqual(device("eth0", true));
  });

  it("is that of the lowest metric among equal prefixes, whatever their order", () => {
    const routes = ["eth0 000002EF 00000000 0001 0 0 10 0000FFFF 0 0 0", "eth1 000002EF 00000000 0001 0 0 5 0000FFFF 0 0 0"];
    should(routeDevice(v4(...routes), "239.2.1.1")).deepEqual(device("eth1"));
    should(routeDevice(v4(...routes.reverse()), "239.2.1.1")).deepEqual(device("eth1"));
  });

  it("is ambiguous among equal routes of two devices, and not among those of one", () => {
    const routes = ["eth0 000003EF 00000000 0001 0 0 0 0000FFFF 0 0 0", "eth1 000003EF 00000000 0001 0 0 0 0000FFFF 0 0 0"];
    should(routeDevice(v4(...routes), "239.3.1.1")).deepEqual({ kind: "ambiguous", devices: ["eth0", "eth1"] });
    should(routeDevice(v4(DEFAULT, DEFAULT.replace("09", "07")), "239.3.1.1")).deepEqual(device("eth0", true));
  });

  it("is none where a route rejects the group: unreachable and prohibit with a flag, blackhole and throw without", () => {
    for (const flags of ["0201", "0001"]) {
      const routes = v4(DEFAULT, `* 000005EF 00000000 ${flags} 0 0 0 0000FFFF 0 0 0`);
      should(routeDevice(routes, "239.5.1.1")).deepEqual({ kind: "rejected" });
      should(routeDevice(routes, "239.6.1.1")).deepEqual(device("eth0", true));
    }
  });

  it("is none without a route, and unknown without a table", () => {
    should(routeDevice(v4(SUBNET), "239.1.1.1")).deepEqual({ kind: "none" });
    should(routeDevice(v4(), "239.1.1.1")).deepEqual({ kind: "none" });
    should(routeDevice(on({}), "239.1.1.1")).deepEqual({ kind: "unknown" });
  });
});

const ZERO = "0".repeat(32);
const ipv6 = (destination: string, prefix: string, name: string, metric = "00000100", flags = "00000001") =>
  `${destination.padEnd(32, "0")} ${prefix} ${ZERO} 00 ${ZERO} ${metric} 00000001 00000000 ${flags} ${name.padStart(8)}`;
const END = ipv6("", "00", "lo", "ffffffff", "00200200");
const DEFAULT6 = ipv6("", "00", "eth0", "00000400", "00000003");
const MAIN = [ipv6("fd01", "40", "eth0"), ipv6("fe80", "40", "eth0")];
const LOCAL = [`${"1".padStart(32, "0")} 80 ${ZERO} 00 ${ZERO} 00000000 00000002 00000000 80200001       lo`];

describe("the device of an IPv6 route", () => {
  it("is that of the multicast route which an interface has of itself", () => {
    const system = v6(...MAIN, DEFAULT6, ...LOCAL, ipv6("ff", "08", "eth1"), END);
    should(routeDevice(system, "ff05::1:7")).deepEqual(device("eth1"));
    should(routeDevice(system, "ff02::1:7%eth1")).deepEqual(device("eth1"));
    should(routeDevice(system, "2001:db8::1")).deepEqual(device("eth0", true));
  });

  it("is ambiguous where several interfaces have such routes, in the order of the system", () => {
    const system = v6(...MAIN, DEFAULT6, ...LOCAL, ipv6("ff", "08", "eth1"), ipv6("ff", "08", "eth0"), END);
    should(routeDevice(system, "ff05::1:7")).deepEqual({ kind: "ambiguous", devices: ["eth1", "eth0"] });
  });

  it("is that of a longer prefix in the local table, and not of one in the main table, which is asked later", () => {
    const all = ipv6("ff", "08", "eth0");
    const wanted = ipv6("ff18", "10", "eth1", "00000400");
    should(routeDevice(v6(...MAIN, END, ...LOCAL, wanted, all, END), "ff18::1")).deepEqual(device("eth1"));
    should(routeDevice(v6(...MAIN, wanted, END, ...LOCAL, all, END), "ff18::1")).deepEqual(device("eth0"));
    should(routeDevice(v6(...MAIN, wanted, END, ...LOCAL, END), "ff18::1")).deepEqual(device("eth1"));
  });

  it("is not one of a policy table, whose routes stand before those of the main table", () => {
    const policy = [ipv6("ff1a", "10", "wlan0"), END];
    should(routeDevice(v6(...policy, ...MAIN, DEFAULT6, ...LOCAL, END), "ff1a::1")).deepEqual(device("eth0", true));
    should(routeDevice(v6(...policy, DEFAULT6, ...LOCAL, END), "ff1a::1")).deepEqual(device("eth0", true));
    should(routeDevice(v6(ipv6("", "00", "wlan0"), ...MAIN, DEFAULT6, ...LOCAL, END), "ff1a::1")).deepEqual(device("eth0", true));
  });

  it("is ambiguous among the next hops of one default route", () => {
    const system = v6(...MAIN, DEFAULT6, DEFAULT6.replace("eth0", "eth1"), ...LOCAL, END);
    should(routeDevice(system, "ff05::1")).deepEqual({ kind: "ambiguous", devices: ["eth0", "eth1"] });
  });

  it("is none where a route rejects the group, where there is none, and where routes are for some sources only", () => {
    const rejecting = ipv6("ff15", "10", "lo", "00000400", "00200200");
    should(routeDevice(v6(...MAIN, rejecting, END, ...LOCAL, END), "ff15::1")).deepEqual({ kind: "rejected" });
    should(routeDevice(v6(...MAIN, END, ...LOCAL, END), "ff15::1")).deepEqual({ kind: "none" });
    const forSome = ipv6("ff", "08", "eth0").replace(` 00 ${ZERO}`, ` 40 ${ZERO}`);
    should(routeDevice(v6(...MAIN, END, ...LOCAL, forSome, END), "ff15::1")).deepEqual({ kind: "none" });
    should(routeDevice(on({}), "ff15::1")).deepEqual({ kind: "unknown" });
  });

  it("is found in the one table of a kernel without policy routing", () => {
    should(routeDevice(v6(...LOCAL, ...MAIN, ipv6("ff", "08", "eth0"), END), "ff05::1")).deepEqual(device("eth0"));
  });
});

describe("policy routing", () => {
  const ONE =
    "Main:\n  +-- 0.0.0.0/1 2 0 2\n     |-- 10.66.1.1\n        /32 host LOCAL\nLocal:\n     |-- 10.66.1.1\n        /32 host LOCAL";
  const SPLIT = "Main:\n  |-- 10.66.1.0\n     /24 link UNICAST\nLocal:\n  |-- 10.66.1.1\n     /32 host LOCAL";
  const OTHER = "Id 100:\n  |-- 239.8.0.0\n     /16 link UNICAST";

  const hasRoute = (fib_trie: string, address = "239.8.1.1") => hasPolicyRoute(on({ fib_trie }), address);

  it("is ruled out for IPv4 while Linux keeps the main and the local table as one", () => {
    should([hasRoute(ONE), hasRoute(`${OTHER}\n${ONE}`)]).deepEqual([false, false]);
  });

  it("is possible for an IPv4 address to which a table of rules has a route, and for no other", () => {
    should([hasRoute(`${OTHER}\n${SPLIT}`), hasRoute(`${OTHER}\n${SPLIT}`, "239.9.1.1"), hasRoute(SPLIT)]).deepEqual([true, false, false]);
  });

  it("is possible for an IPv6 address that the local table lacks and a third table has", () => {
    const third = ipv6("ff1a", "10", "wlan0");
    should(hasPolicyRoute(v6(...MAIN, END, ...LOCAL, END), "ff1a::1")).be.false();
    should(hasPolicyRoute(v6(third, END, ...MAIN, END, ...LOCAL, END), "ff1a::1")).be.true();
    should(hasPolicyRoute(v6(third, END, ...MAIN, END, ...LOCAL, END), "ff15::1")).be.false();
    should(hasPolicyRoute(v6(third, END, ...MAIN, END, ...LOCAL, ipv6("ff", "08", "eth0"), END), "ff1a::1")).be.false();
  });

  it("is unknown if the system does not provide it", () => {
    should([hasPolicyRoute(on({}), "239.8.1.1"), hasPolicyRoute(on({}), "ff1a::1")]).deepEqual([undefined, undefined]);
  });
});
