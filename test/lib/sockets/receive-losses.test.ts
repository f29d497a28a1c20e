import type { Socket } from "node:dgram";
import { once } from "node:events";
import should from "should";
import { system as realSystem } from "../../../src/lib/host/system";
import { LossReader, type LossySocket, ReceiveLosses } from "../../../src/lib/sockets/receive-losses";
import { freePort, LO, ownGroup, RecordingListener } from "../../support/loopback";
import { TestMulticast } from "../../support/test-multicast";
import { TestSystem } from "../../support/test-system";

const HEADING = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops";
const lineOf = (port: number, inode: number, drops: number) =>
  ` 1206: 0101FFEF:${port.toString(16).toUpperCase()} 00000000:0000 07 00000000:00000000 00:00000000 00000000  1000        0 ${inode} 2 0000000000000000 ${drops}`;

describe("the losses of a receive socket", () => {
  let system: TestSystem;
  let socket: Socket;
  let losses: ReceiveLosses;
  let reader: LossReader;
  let changes: number;

  // The kernel's table says so many drops for the socket, and more for one of another program with the same address and port.
  const drop = (count: number): void => {
    const { port } = socket.address();
    system.files = { ...system.files, "/proc/net/udp": [HEADING, lineOf(port, 44211, count), lineOf(port, 44212, 999)].join("\n") };
    const lossy: LossySocket = {
      losses,
      localPort: port,
      onChange: () => {
        changes += 1;
      },
    };
    reader.read([lossy], system);
  };

  beforeEach(async () => {
    system = new TestSystem();
    socket = realSystem.open({ type: "udp4", address: LO, port: await freePort(), shared: false });
    system.links = { [`/proc/self/fd/${system.descriptorOf(socket)}`]: "socket:[44211]" };
    losses = new ReceiveLosses();
    losses.follow(socket, system);
    reader = new LossReader();
    changes = 0;
  });
  afterEach(() => socket.close());

  it("are those of this socket alone, although another has its address and port", () => {
    drop(0);
    should([losses.lost, losses.warning, changes]).deepEqual([0, undefined, 0]);
    drop(38);
    should([losses.lost, changes]).deepEqual([38, 1]);
  });

  it("warn for 60 s after the last one, with the number since the warning began", () => {
    drop(38);
    system.pass(30_000);
    drop(40);
    system.pass(59_000);
    drop(40);
    should(losses.warning?.details).have.property("count", 40);
    system.pass(1_000);
    drop(40);
    should([losses.warning, losses.lost, changes]).deepEqual([undefined, 40, 3]);
    drop(41);
    should(losses.warning?.details).have.property("count", 1);
  });

  it("name the limit of the system if that made the buffer smaller", () => {
    socket.setRecvBufferSize(106_496);
    losses.follow(socket, system);
    drop(38);
    should(losses.warning?.message).equal("Datagrams lost: 38 (receive buffer full, net.core.rmem_max is 106496)");
  });

  it("count on when the socket is opened anew, whose counter begins at zero", () => {
    drop(38);
    losses.follow(socket, system);
    drop(2);
    should(losses.lost).equal(40);
  });

  it("are read again only when the system counts more errors, in either family", () => {
    const errors = (ipv4: number, ipv6: number): void => {
      system.files = {
        "/proc/net/snmp": `Udp: InDatagrams NoPorts InErrors OutDatagrams\nUdp: 9 9 ${ipv4} 9\nUdpLite: InErrors\nUdpLite: 0\n`,
        "/proc/net/snmp6": `Udp6InDatagrams                 \t9\nUdp6InErrors                    \t${ipv6}\n`,
      };
    };
    errors(4, 0);
    drop(38);
    drop(40);
    should(losses.lost).equal(38);
    errors(6, 0);
    drop(40);
    should(losses.lost).equal(40);
    errors(6, 1);
    drop(41);
    should(losses.lost).equal(41);
    system.pass(60_000);
    drop(41);
    should(losses.warning).be.undefined();
  });

  it("are unknown if the system does not provide them", () => {
    system.links = {};
    const unknown = new ReceiveLosses();
    unknown.follow(socket, system);
    should([unknown.lost, unknown.inode, unknown.warning]).deepEqual([undefined, undefined, undefined]);
  });
});

describe("a process that is too busy to read", () => {
  let test: TestMulticast;
  let group: string;
  beforeEach(async function () {
    if (process.platform !== "linux") this.skip(); // no other system counts the losses of a socket
    test = await TestMulticast.create();
    Object.assign(test.system, { readText: realSystem.readText, readLink: realSystem.readLink });
    group = ownGroup();
  });
  afterEach(() => test?.close());

  it("has a warning of the dropped datagrams from the next beat on, for 60 s", async () => {
    const [listener, other] = [new RecordingListener(), new RecordingListener()];
    const membership = test.join(group, listener);
    test.join(ownGroup(), other);
    for (const socket of test.system.sockets) socket.setRecvBufferSize(4_096);
    const sender = realSystem.open({ type: "udp4", address: LO, port: 0, shared: false });
    sender.setMulticastInterface(LO);
    // All of them are sent within this turn, so nothing is read in between.
    const sent = Array.from({ length: 100 }, () => new Promise((done) => sender.send(Buffer.alloc(500), test.port, group, done)));
    await Promise.all(sent);
    sender.close();
    await once(sender, "close");
    test.system.pass();
    const lost = membership.counts.lost ?? 0;
    should(lost).be.above(0);
    should(membership.counts.received + lost).be.belowOrEqual(100);
    should(listener.states.at(-1))
      .have.propertyByPath("warnings", "0", "reason")
      .match(/^receive-lost/);
    should(membership.state.kind).equal("joined");
    should(other.states).be.empty();
    test.system.pass(62_000);
    should(membership.state).containEql({ kind: "joined", warnings: [] });
  });
});
