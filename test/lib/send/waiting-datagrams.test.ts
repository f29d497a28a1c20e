import should from "should";
import { destination } from "../../../src/lib/options/options";
import { Quota } from "../../../src/lib/quota";
import { WAIT_MS, WaitingDatagrams } from "../../../src/lib/send/waiting-datagrams";

describe("the datagrams that wait for an interface", () => {
  const to = destination({ group: "239.255.1.1" });
  const datagram = (text: string) => ({ destination: to, bytes: Buffer.from(text), sent: () => {} });
  const textsOf = (taken: readonly { readonly bytes: Uint8Array }[]) => taken.map(({ bytes }) => Buffer.from(bytes).toString());
  let quota: Quota;
  let waiting: WaitingDatagrams;

  beforeEach(() => {
    quota = new Quota({ count: 2, bytes: 10 });
    waiting = new WaitingDatagrams(quota);
  });

  it("are taken in order, and once", () => {
    for (const text of ["one", "two"]) should(waiting.add(datagram(text), 0)).be.true();
    should(textsOf(waiting.takeAll())).deepEqual(["one", "two"]);
    should(waiting.takeAll()).be.empty();
  });

  it("are copies, which a later write to the same memory does not change", () => {
    const reused = datagram("one");
    waiting.add(reused, 0);
    reused.bytes.write("two");
    waiting.add(reused, 0);
    should(textsOf(waiting.takeAll())).deepEqual(["one", "two"]);
  });

  it("are refused while the quota is used up, and give it back when they are taken", () => {
    const other = new WaitingDatagrams(quota);
    should([waiting.add(datagram("one"), 0), other.add(datagram("12345678"), 0), other.add(datagram("two"), 0)]).deepEqual([
      true,
      false,
      true,
    ]);
    should(other.add(datagram(""), 0)).be.false();
    waiting.takeAll();
    should(other.add(datagram("1234567"), 0)).be.true();
  });

  it("are late after ten seconds, each by its own time", () => {
    waiting.add(datagram("one"), 0);
    waiting.add(datagram("two"), 1);
    should(textsOf(waiting.takeLate(WAIT_MS - 1))).be.empty();
    should(textsOf(waiting.takeLate(WAIT_MS))).deepEqual(["one"]);
    should(textsOf(waiting.takeLate(WAIT_MS + 1))).deepEqual(["two"]);
    should(quota.count).equal(0);
  });
});
