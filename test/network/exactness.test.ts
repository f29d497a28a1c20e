import should from "should";
import { Lab, refusal } from "./lab";

const group = "239.255.1.1";
const port = 5000;

(refusal === undefined ? describe : describe.skip)(`on two LANs${refusal === undefined ? "" : ` (no lab here: ${refusal})`}`, function () {
  this.timeout(20_000);
  let lab: Lab;
  before(async () => {
    lab = await Lab.open();
  });
  after(() => lab.close());
  afterEach(() => lab.clear());

  it("what came in by the interface that was joined is heard, and nothing that another process joined on the other", async () => {
    const [ours, other, speaker] = await Promise.all([lab.agent("a"), lab.agent("a"), lab.agent("b")]);
    const membership = await ours.join({ group, port, iface: "eth0" });
    await other.join({ group, port, iface: "eth1" });
    should(ours.state(membership)).equal("joined eth0");
    await speaker.say({ group, port, iface: "eth1" }, "on the other");
    await speaker.say({ group, port, iface: "eth0" }, "on ours");
    await Promise.all([ours.count(1), other.count(1)]);
    should(ours.told).deepEqual(["on ours on eth0"]);
    should(other.told).deepEqual(["on the other on eth1"]);
  });
});
