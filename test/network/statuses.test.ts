import { resolve } from "node:path";
import should from "should";
import { describeLab } from "./lab";

describeLab("the statuses of nodes with several groups", (lab) => {
  it("are never partial while their only interface goes away and comes back", async () => {
    const program = [process.execPath, "--import", require.resolve("tsx"), resolve("test/network/status-recorder.ts")];
    const nodeRed = await lab.start("a", ["env", "-C", process.cwd(), ...program], /^/);
    const shown = (id: string) => nodeRed.packets.filter((line) => line.startsWith(id)).map((line) => line.split(" ")[1]);
    for (let round = 1; round <= 3; round += 1) {
      for (const id of ["recv", "relay"]) await nodeRed.count(round, new RegExp(`^${id} joined`));
      lab.on("a", "ip link set eth0 down");
      for (const id of ["recv", "relay"]) await nodeRed.count(round, new RegExp(`^${id} waiting`));
      lab.on("a", "ip link set eth0 up");
    }
    for (const id of ["recv", "relay"]) should(shown(id).filter((code) => code !== "joined" && code !== "waiting")).be.empty();
  });
});
