import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import should from "should";
import { system as realSystem } from "../../../src/lib/host/system";
import { dropsByInode, socketInode, udpSockets } from "../../../src/lib/host/udp-table";
import { TestSystem } from "../../support/test-system";

// As Linux 6.18 of a little-endian machine has them.
const UDP = `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops            
  241: 0100007F:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000   102        0 4101 2 0000000000000000 0         
 1206: 0101FFEF:E8A7 00000000:0000 07 00000000:00034B00 00:00000000 00000000  1000        0 44211 2 0000000000000000 38        
`;
const UDP6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
 1206: 0000000000000000FFFF00000101FFEF:E8A7 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 44212 2 0000000000000000 2
 1207: 000002FF000000000000000001000000:E8A8 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 44213 2 0000000000000000 0
`;

const linux = (files: Readonly<Record<string, string>>) => Object.assign(new TestSystem(), { files });
const BOTH = linux({ "/proc/net/udp": UDP, "/proc/net/udp6": UDP6 });

describe("the table of UDP sockets", () => {
  it("lists address, port, inode, user, queue and drops of the sockets on the wanted ports", () => {
    should(udpSockets(BOTH, new Set([59559]))).deepEqual([
      { family: "IPv4", address: "239.255.1.1", port: 59559, inode: 44211, uid: 1000, receiveQueue: 0x34b00, drops: 38 },
      { family: "IPv6", address: "::ffff:239.255.1.1", port: 59559, inode: 44212, uid: 0, receiveQueue: 0, drops: 2 },
    ]);
  });

  it("lists several ports, and no socket on unassigned ports", () => {
    should(udpSockets(BOTH, new Set([53, 59560]))?.map(({ address }) => address)).deepEqual(["127.0.0.1", "ff02::1"]);
    should(udpSockets(BOTH, new Set([1]))).deepEqual([]);
    should(udpSockets(BOTH, new Set())).deepEqual([]);
  });

  it("lists the drops by inode, without those that are zero", () => {
    const drops = dropsByInode(BOTH, new Set([53, 59559, 59560]));
    should([...(drops ?? [])]).deepEqual([
      [44211, 38],
      [44212, 2],
    ]);
  });

  it("lists one family if the other is off, and is undefined without a table", () => {
    should(udpSockets(linux({ "/proc/net/udp": UDP }), new Set([59559]))).have.length(1);
    should(udpSockets(linux({}), new Set([59559]))).be.undefined();
    should(dropsByInode(linux({}), new Set([59559]))).be.undefined();
  });

  it("of 500 sockets is read in less than 5 ms", () => {
    const [heading = "", , line = ""] = UDP.split("\n");
    const system = linux({ "/proc/net/udp": [heading, ...Array.from({ length: 500 }, () => line)].join("\n") });
    const times = Array.from({ length: 20 }, () => {
      const start = performance.now();
      const sockets = udpSockets(system, new Set([59559]));
      should(sockets?.length).equal(500);
      return performance.now() - start;
    });
    should(Math.min(...times)).be.below(5); // the best of them, since other programs take the processor too
  });
});

describe("the inode of a socket", () => {
  const links = { "/proc/self/fd/0": "/dev/null", "/proc/self/fd/21": "socket:[44211]", "/proc/self/fd/22": "anon_inode:[eventpoll]" };
  const system = Object.assign(new TestSystem(), { links });

  it("is read by its descriptor", () => {
    should(socketInode(system, 21)).equal(44211);
    should([socketInode(system, 0), socketInode(system, 22), socketInode(system, 99)]).deepEqual([undefined, undefined, undefined]);
  });
});

describe("the drops of a real socket", () => {
  let socket: Socket;
  let sender: Socket;

  beforeEach(async function () {
    if (process.platform !== "linux") this.skip(); // no other system has the table
    socket = createSocket({ type: "udp4", recvBufferSize: 4_096 });
    sender = createSocket("udp4");
    socket.bind(0, "127.0.0.1");
    await once(socket, "listening");
  });
  afterEach(() => {
    for (const each of [socket, sender]) each?.close();
  });

  it("rise when its receive buffer is full", async () => {
    const { port } = socket.address();
    const [before] = udpSockets(realSystem, new Set([port])) ?? [];
    should(before).containDeep({ address: "127.0.0.1", port, drops: 0, uid: process.getuid?.() });
    // Not all of 200 datagrams fit in 4 kB: a part of them is lost while this process sends and does not read.
    const sent = Array.from({ length: 200 }, () => new Promise((done) => sender.send(Buffer.alloc(1_000), port, "127.0.0.1", done)));
    await Promise.all(sent);
    should(dropsByInode(realSystem, new Set([port]))?.get(before?.inode ?? 0)).be.above(0);
  });
});
