import { resolve } from "node:path";
import should from "should";
import { SCRIPT } from "../support/command";
import { describeLab } from "./lab";

const GROUP = "239.255.1.1";
const PORT = 5000;

describeLab("the command during a loss of the link", (lab) => {
  const start = (host: "a" | "b", ready: RegExp, ...words: readonly string[]) =>
    lab.start(host, [process.execPath, resolve(SCRIPT), ...words, "-g", GROUP, "-p", String(PORT)], ready);
  const errors = (said: string) => said.split("\n").filter((line) => line.startsWith("mcast: "));

  for (const [claim, flags] of [
    ["on a named interface", ["-i", "eth0"]],
    ["on the interface of the route", []],
    ["with a time-out", ["-i", "eth0", "--timeout", "60"]],
  ] as const) {
    it(`say repeats its message after it, and reports each error once (${claim})`, async () => {
      lab.on("a", "ip link del eth1");
      const said = await start("a", /on eth0\n/, "say", "-m", "again", "-v", "--interval", "0.05", ...flags);
      lab.on("a", "ip link set eth0 down");
      await said.ready(/mcast: waiting for eth0/);
      lab.on("a", "ip link set eth0 up; ip route add default via 10.1.0.254 dev eth0");
      await said.ready(new RegExp(`mcast: waiting for eth0[^]*5 bytes > ${GROUP}:${PORT} on eth0\n`));
      should(await said.interrupt()).equal(0);
      const reported = errors(said.said);
      should(reported).deepEqual([...new Set(reported)]);
    });
  }

  it("say reports a second loss too, although the error is the same", async () => {
    const said = await start("a", /on eth0\n/, "say", "-m", "again", "-v", "-i", "eth0", "--interval", "0.05");
    const drop = "nft add table inet f; nft 'add chain inet f out { type filter hook output priority 0; policy drop; }'";
    const refused = "mcast: The local firewall blocks sending on eth0\n";
    lab.on("a", drop);
    await said.ready(new RegExp(refused));
    lab.on("a", "nft flush ruleset");
    await said.ready(new RegExp(`${refused}5 bytes`));
    lab.on("a", drop);
    await said.ready(new RegExp(`${refused}[^]*${refused}`));
    should(await said.interrupt()).equal(0);
  });

  it("say --count continues after it, and its end says how many were sent", async () => {
    const said = await start("a", /on eth0\n/, "say", "-m", "again", "-v", "-i", "eth0", "--count", "30", "--interval", "0.05");
    lab.on("a", "ip link set eth0 down");
    await said.ready(/mcast: waiting for eth0/);
    lab.on("a", "ip link set eth0 up");
    should(await said.exit()).equal(0);
    should(said.said).match(/mcast: 2\d of 30 datagrams sent\n$/);
  });

  it("say --pipe --lines continues with the next line after a refusal, and its end says how many were sent", async () => {
    const source = "for line in $(seq 40); do echo line; sleep 0.1; done";
    const words = [process.execPath, resolve(SCRIPT), "say", "--pipe", "--lines", "-v", "-i", "eth0", "-g", GROUP, "-p", String(PORT)];
    const said = await lab.start("a", ["sh", "-c", `{ ${source}; } | ${words.join(" ")}`], /on eth0\n/);
    lab.on("a", "nft add table inet f; nft 'add chain inet f out { type filter hook output priority 0; policy drop; }'");
    await said.ready(/mcast: The local firewall blocks sending on eth0\n/);
    lab.on("a", "nft flush ruleset");
    should(await said.exit()).equal(0);
    should(said.said).match(
      /on eth0\nmcast: The local firewall blocks sending on eth0\n.*on eth0\nmcast: [123]\d of 40 datagrams sent\n$/s,
    );
  });

  it("ping --daemon asks again after it, and prints the statistics at its end", async () => {
    await start("b", /joined on eth0/, "hear", "-i", "eth0", "--acknowledge", "--daemon", "-v");
    const asked = await lab.start(
      "a",
      [process.execPath, resolve(SCRIPT), "ping", "-i", "eth0", "--daemon", "--interval", "0.05", "-g", GROUP, "-p", String(PORT)],
      /^/,
    );
    await asked.count(1, /^reply from/);
    lab.on("a", "ip link set eth0 down");
    await asked.ready(/mcast: waiting for eth0/);
    const before = asked.packets.filter((line) => line.startsWith("reply")).length;
    lab.on("a", "ip link set eth0 up");
    const replies = await asked.count(before + 3, /^reply from/);
    should(replies.filter((line) => line.includes("late"))).be.empty(); // the time that a question waited is not its round trip
    should(await asked.interrupt()).equal(0);
    await asked.count(1, /^\d+ questions sent, 1 responder/);
    const reported = errors(asked.said);
    should(reported).deepEqual([...new Set(reported)]);
  });

  it("say without a repetition fails at once where the system refuses", async () => {
    lab.on("a", "nft add table inet f; nft 'add chain inet f out { type filter hook output priority 0; policy drop; }'");
    const said = await start("a", /^mcast: The local firewall blocks sending on eth0\n$/, "say", "-m", "once", "-i", "eth0");
    should(await said.exit()).equal(2);
    const counted = await start("a", /^mcast: The local firewall blocks sending on eth0\n$/, "say", "-m", "a", "-i", "eth0", "-c", "9");
    should(await counted.exit()).equal(2);
  });
});
