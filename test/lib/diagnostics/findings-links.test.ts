import should from "should";
import { linkFindings } from "../../../src/lib/diagnostics/findings-links";
import { card, examined, hostWith, levelOf, one } from "../../support/examined";

const dev = (...names: readonly string[]) => ({ "/proc/net/dev": ["lo", ...names].map((name) => `  ${name}: 0\n`).join("") });

describe("the doctor on the links", () => {
  it("finds nothing wrong with a cable", async () => {
    const findings = await linkFindings(examined(hostWith()));
    should(findings.map(({ id, level }) => `${id} ${level}`)).deepEqual(["multicast-flag ok", "carrier ok", "wifi ok"]);
  });

  it("finds a card without the flag MULTICAST, and takes a tunnel without it for usual", async () => {
    should(levelOf(await linkFindings(examined(hostWith(card("eth0", { flags: "0x3" })))), "multicast-flag")).equal("warning");
    const tunnel = { ...card("wg0", { flags: "0x91", type: "65534" }), ...dev("eth0", "wg0") };
    should(levelOf(await linkFindings(examined(hostWith(tunnel))), "multicast-flag")).equal("note");
    should(levelOf(await linkFindings(examined(hostWith(tunnel), { iface: "wg0" })), "multicast-flag")).equal("fault");
  });

  it("names several cards without the flag in one sentence", async () => {
    const files = { ...card("eth0", { flags: "0x3" }), ...card("eth1", { flags: "0x3" }), ...dev("eth0", "eth1") };
    should(one(await linkFindings(examined(hostWith(files))), "multicast-flag").fact).startWith("No multicast on eth0 and eth1: ");
  });

  it("finds a card without a carrier, which matters if it is named", async () => {
    const files = { ...card("eth1", { carrier: "0" }), ...dev("eth0", "eth1") };
    should(levelOf(await linkFindings(examined(hostWith(files))), "carrier")).equal("note");
    should(levelOf(await linkFindings(examined(hostWith(files), { iface: "eth1" })), "carrier")).equal("fault");
  });

  it("finds a named card that is down", async () => {
    const found = one(
      await linkFindings(examined(hostWith({ ...card("eth1", { flags: "0x1002" }), ...dev("eth0", "eth1") }), { iface: "eth1" })),
      "carrier",
    );
    should(found).containEql({ level: "fault", fact: "eth1 is down." });
  });

  it("finds Wi-Fi, and its power save mode by iw", async () => {
    const system = hostWith({ ...card("wlan0", { "wireless/x": "", carrier: "1" }), ...dev("eth0", "wlan0") });
    const level = async () => levelOf(await linkFindings(examined(system)), "wifi");
    should(await level()).equal("unknown");
    const command = "iw dev wlan0 get power_save";
    system.commands = { [command]: "Power save: on\n" };
    should(await level()).equal("warning");
    system.commands = { [command]: "Power save: off\n" };
    should(await level()).equal("note");
    system.commands = { [command]: { kind: "failed", reason: "command failed: Operation not supported (-95)" } };
    const fact = async () => one(await linkFindings(examined(system)), "wifi").fact;
    should(await fact()).match(/not known: command failed/);
    system.commands = { [command]: "nl80211 not found\n" };
    should(await fact()).match(/not known: iw does not report it/);
    system.commands = {};
    should(await fact()).match(/not known: the program iw is not installed/);
  });

  it("guesses nothing on another system", async () => {
    const system = hostWith();
    system.platform = "win32";
    should((await linkFindings(examined(system))).every(({ level }) => level === "unknown")).be.true();
  });
});
