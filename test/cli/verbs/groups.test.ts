import should from "should";
import { itWhere } from "../../support/skip";
import { OnTerminal, whyNoTerminal } from "../../support/terminal";
import { Bench } from "../bench";

describe("mcast groups", () => {
  const bench = Bench.forEachTest();

  it("lists the interfaces and the groups joined on them, separated by tabs in a pipe", async () => {
    await bench.recv("--daemon");
    const listed = bench.run("groups");
    should(await listed.exit()).equal(0);
    const lines = listed.printed.toString().split("\n");
    should(lines).containEql("lo\taddress\t127.0.0.1/8");
    should(lines).containEql(`lo\tgroup\t${bench.group}\t1`);
    should(lines.filter((line) => !/^(\S+\t(address\t\S+|group\t\S+\t\d+))?$/.test(line))).be.empty();
  });

  it("lists with --json one object a line", async () => {
    await bench.recv("--daemon");
    const listed = bench.run("groups", "--json");
    should(await listed.exit()).equal(0);
    const objects = listed.printed
      .toString()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    should(objects).containEql({ interface: "lo", address: "127.0.0.1/8" });
    should(objects).containEql({ interface: "lo", group: bench.group, sockets: 1 });
  });

  itWhere(whyNoTerminal(), "lists in columns with a heading on a terminal", async () => {
    const listed = new OnTerminal("groups");
    should(await listed.exit()).equal(0);
    should(listed.shown).match(/^INTERFACE +HAS +ADDRESS +SOCKETS\r\n(.*\r\n)*lo +address +127\.0\.0\.1\/8\r\n/);
  });
});
