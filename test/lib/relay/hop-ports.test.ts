import should from "should";
import { HopPorts } from "../../../src/lib/relay/hop-ports";

describe("hop ports", () => {
  it("are eight in a row, of which the first is that of hop 1", () => {
    should(new HopPorts(61440).all).deepEqual([61440, 61441, 61442, 61443, 61444, 61445, 61446, 61447]);
    should(new HopPorts(1).all[0]).equal(1);
  });

  it("show the hop of a source port, which is 0 for any other port", () => {
    const ports = new HopPorts(61440);
    should(ports.all.map((port) => ports.hopOf(port))).deepEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    should([0, 1, 61439, 61448, 65535].map((port) => ports.hopOf(port))).deepEqual([0, 0, 0, 0, 0]);
  });
});
