import { once } from "node:events";
import should from "should";
import { openSocket } from "../../../src/lib/sockets/open-socket";
import { freePort, LO } from "../../support/loopback";
import { TestSystem } from "../../support/test-system";

describe("a socket that is opened", () => {
  let system: TestSystem;

  beforeEach(() => {
    system = new TestSystem();
  });

  const opening = (port: number) => ({ type: "udp4", address: LO, port, shared: false, interface: "lo" }) as const;

  it("is bound and set up within the call", async () => {
    const port = await freePort();
    const ports: number[] = [];
    const socket = openSocket(opening(port), system, (prepared) => ports.push(prepared.address().port));
    should(socket.address()).containEql({ address: LO, port });
    should(ports).deepEqual([port]);
    socket.close();
  });

  it("is refused with the port, the interface and the system's own error", () => {
    system.refuse = () => "EACCES";
    should(() => openSocket(opening(5000), system)).throw({
      code: "ERR_MCAST_BIND",
      details: { port: 5000, interface: "lo", errno: "EACCES" },
    });
  });

  it("is refused as an absent interface where its address is gone", () => {
    system.refuse = () => "EADDRNOTAVAIL";
    should(() => openSocket(opening(5000), system)).throw({ code: "ERR_MCAST_INTERFACE" });
  });

  it("is closed again if setting it up fails", async () => {
    should(() => openSocket(opening(0), system, (socket) => socket.setMulticastTTL(300))).throw({ code: "ERR_MCAST_BIND" });
    const [socket] = system.sockets;
    should.exist(socket);
    if (socket) await once(socket, "close");
  });
});
