import should from "should";
import { NetworkObserver } from "../../../src/lib/host/network-observer";
import { ipv4, systemRefusal, TestSystem } from "../../support/test-system";

describe("the network observer", () => {
  let system: TestSystem;
  let observer: NetworkObserver;
  const names = () => observer.refresh().interfaces.map(({ name }) => name);
  const sysfs = (name: string, flags: string) => ({ [`/sys/class/net/${name}/flags`]: `${flags}\n` });

  beforeEach(() => {
    system = new TestSystem({ eth0: [ipv4("192.168.1.5/24")] });
    observer = new NetworkObserver(system);
  });

  it("has no interfaces before its first snapshot", () => {
    should(observer.snapshot).containEql({ interfaces: [], unlisted: undefined });
  });

  it("gives the same snapshot while nothing in it changes, and another one when something does", () => {
    const first = observer.refresh();
    should(observer.refresh()).equal(first);
    should(observer.snapshot).equal(first);
    system.interfaces = { eth0: [ipv4("192.168.1.6/24")] };
    should(observer.refresh()).not.equal(first);
  });

  it("takes an interface for a multicast one if the system does not provide the flag", () => {
    const [eth0] = observer.refresh().interfaces;
    should(eth0).containEql({ isMulticast: true, isWireless: false, isBridged: false, link: "eth0" });
  });

  it("reads the facts of an interface anew after thirty seconds, although its addresses stay", () => {
    system.files = sysfs("eth0", "0x1043");
    const first = observer.refresh();
    system.files = sysfs("eth0", "0x43");
    system.pass(29_999);
    should(observer.refresh()).equal(first);
    system.pass(1);
    should(observer.refresh().interfaces[0]?.isMulticast).be.false();
  });

  it("gives the same snapshot after thirty seconds where the facts are the same", () => {
    const first = observer.refresh();
    system.pass(30_000);
    should(observer.refresh()).equal(first);
  });

  it("keeps the last list while the system does not list its interfaces", () => {
    should(names()).deepEqual(["eth0"]);
    system.networkInterfaces = () => {
      throw systemRefusal("EMFILE");
    };
    should(names()).deepEqual(["eth0"]);
    should(observer.snapshot.unlisted).be.undefined();
  });

  it("has the reason if the system never listed them, until it does", () => {
    const list = system.networkInterfaces.bind(system);
    system.networkInterfaces = () => {
      throw systemRefusal("EAFNOSUPPORT");
    };
    const first = observer.refresh();
    should(first.unlisted).containEql({ reason: "interfaces-unlisted", details: { errno: "EAFNOSUPPORT" } });
    should(observer.refresh()).equal(first);
    system.networkInterfaces = list;
    should(names()).deepEqual(["eth0"]);
    should(observer.snapshot.unlisted).be.undefined();
  });
});
