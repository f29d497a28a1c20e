import should from "should";
import { socketOwners } from "../../../src/lib/host/socket-owners";
import { TestSystem } from "../../support/test-system";

describe("socketOwners", () => {
  it("finds the programs that have sockets, and leaves out those that it can't see", () => {
    const system = new TestSystem();
    system.files = { "/proc/12/comm": "node\n", "/proc/13/comm": "bad\u001b[2J\n", "/proc/net/x": "" };
    system.links = {
      "/proc/12/fd/0": "/dev/null",
      "/proc/12/fd/3": "socket:[701]",
      "/proc/13/fd/9": "socket:[702]",
      "/proc/self/fd/3": "socket:[701]",
    };
    should([...socketOwners(system, new Set([701, 702, 703]))]).deepEqual([
      [701, { pid: 12, program: "node" }],
      [702, { pid: 13, program: "bad<U+001B>[2J" }],
    ]);
  });

  it("finds nothing where there is no /proc", () => {
    should(socketOwners(new TestSystem(), new Set([1])).size).equal(0);
  });
});
