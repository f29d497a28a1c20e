import should from "should";
import { parseGroup } from "../../../src/lib/address";
import { createKey, readKey } from "../../../src/lib/sealed/group-key";
import { Sealing } from "../../../src/lib/sealed/sealing";
import { TestSystem } from "../../support/test-system";

const to = { group: parseGroup("239.255.1.1"), port: 59559 };
const FRESHNESS = 60;

describe("a sealing", () => {
  const openedAfter = (seconds: number): string | undefined => {
    const system = new TestSystem();
    const sealing = new Sealing(readKey(createKey()), FRESHNESS);
    const group = sealing.group(to, system);
    const datagram = sealing.sealer(system).seal(Buffer.from("hello"), to.group, to.port);
    system.pass(seconds * 1000);
    return group.open(datagram, "192.168.1.5")?.payload.toString();
  };

  it("seals and opens with its key, within its freshness", () => {
    should(openedAfter(0)).equal("hello");
    should(openedAfter(FRESHNESS - 1)).equal("hello");
    should(openedAfter(FRESHNESS + 1)).equal(undefined);
  });
});
