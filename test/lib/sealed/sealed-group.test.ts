import should from "should";
import { parseGroup } from "../../../src/lib/address";
import { createKey } from "../../../src/lib/sealed/group-key";
import { SealedGroup } from "../../../src/lib/sealed/sealed-group";
import { Sealer } from "../../../src/lib/sealed/sealer";
import { readSealing } from "../../../src/lib/sealed/sealing-options";
import { TestSystem } from "../../support/test-system";

const to = { group: parseGroup("239.255.1.1"), port: 59559 };

describe("a sealed group", () => {
  let system: TestSystem;
  let sealed: SealedGroup;
  let changes: string[];
  let user: { onChange(): void };
  let seal: (text?: string) => Buffer;
  const sealing = readSealing({ key: createKey() });
  if (!sealing) throw new Error("no key was read");

  beforeEach(() => {
    system = new TestSystem();
    sealed = new SealedGroup(to, sealing, system);
    changes = [];
    user = { onChange: () => changes.push(sealed.warnings.map(({ message }) => message).join()) };
    sealed.add(user);
    const sealer = new Sealer({ key: sealing.key, clock: system });
    seal = (text = "hello") => sealer.seal(Buffer.from(text), to.group, to.port);
  });
  afterEach(() => {
    sealed.delete(user);
    should(system.timers).equal(0);
  });

  const refuse = (count: number) => {
    for (let more = 0; more < count; more += 1) sealed.open(Buffer.from("plain"), "192.168.1.5");
  };

  it("opens a sealed datagram once", () => {
    const datagram = seal();
    should(sealed.open(datagram, "192.168.1.5")).match({ payload: Buffer.from("hello"), sealedAt: system.utc() });
    should(sealed.open(datagram, "192.168.1.5")).equal(undefined);
    should(sealed.refused).containEql({ repeated: 1 });
  });

  it("warns at the first refused datagram, changes the text after 10 s at the earliest, and ends the warning after a minute", () => {
    refuse(1);
    should(changes).deepEqual(["1 refused: not sealed"]);
    refuse(11);
    system.pass(9_000);
    should(changes).have.length(1);
    system.pass(2_000);
    should(changes.slice(1)).deepEqual(["12 refused: not sealed"]);
    system.pass(60_000);
    should(changes.slice(2)).deepEqual([""]);
    should(system.timers).equal(0);
  });

  it("does not warn of a repeated datagram: a host with two interfaces on one LAN gets each twice", () => {
    const datagram = seal();
    for (let copy = 0; copy < 3; copy += 1) sealed.open(datagram, "192.168.1.5");
    should(changes).be.empty();
    should(system.timers).equal(0);
  });

  it("counts refused datagrams since the start, by kind", () => {
    refuse(12);
    const altered = seal();
    altered[20] = (altered[20] ?? 0) ^ 1;
    sealed.open(altered, "192.168.1.5");
    should(sealed.summary.map(({ message }) => message)).deepEqual(["12 refused: not sealed", "1 refused: another key, or altered"]);
  });

  it("opens every valid datagram among 20,000 forged ones, and remembers nothing of the forged ones", () => {
    const [forged, opened] = [seal(), [] as string[]];
    for (let each = 0; each < 20_000; each += 1) {
      forged.writeUInt32BE(each, 4); // another sender each time
      sealed.open(forged, "192.168.1.6");
      if (each % 200 === 0) opened.push(String(sealed.open(seal(`${each}`), "192.168.1.5")?.payload));
    }
    should(opened).deepEqual(Array.from({ length: 100 }, (_none, each) => `${each * 200}`));
    should(sealed.refused).containEql({ unopenable: 20_000 });
    should(changes).have.length(1);
    should(system.timers).equal(1);
  });

  it("sets no timer for 20,000 refused datagrams but one", () => {
    refuse(20_000);
    should(system.timers).equal(1);
    should(changes).have.length(1);
  });
});
