import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { type NetworkInterfaceInfo, networkInterfaces } from "node:os";

export type { NetworkInterfaceInfo, RemoteInfo, Socket };

/** How a socket is to be opened. `port` 0 is any. */
export interface Opening {
  readonly type: "udp4" | "udp6";
  readonly address: string;
  readonly port: number;
  /** Whether others may bind the same address and port: receivers do, and senders with a fixed port; others keep theirs to themselves. */
  readonly shared: boolean;
}

/** All that this library asks of Node.js and of the system below it; what a test replaces. */
export interface System {
  readonly platform: NodeJS.Platform;
  networkInterfaces(): NodeJS.Dict<NetworkInterfaceInfo[]>;
  /** A bound socket, at once, with room for what arrives while the process is busy. Throws the system's own error. */
  open(opening: Opening): Socket;
  /** The local address from which the system would send to a group by its routes; undefined without a route. Sends nothing. */
  sourceFor(type: "udp4" | "udp6", group: string): string | undefined;
  /** Linux's table of IGMP memberships and queriers; empty elsewhere. */
  igmpTable(): string;
  /** Linux's table of IPv6 multicast memberships; empty elsewhere. */
  igmp6Table(): string;
  /** The text of a file, such as one below /proc or /sys; undefined where it could not be read, for whatever reason. */
  readText(path: string): string | undefined;
  /** The names in a folder; undefined where it could not be read. */
  readFolder(path: string): readonly string[] | undefined;
  /** The target of a symbolic link as it is written; undefined where it could not be read. */
  readLink(path: string): string | undefined;
  /** Milliseconds on a clock that never jumps. */
  now(): number;
  /** Calls back once, without keeping the process alive; gives what calls it off. */
  after(milliseconds: number, callback: () => void): () => void;
}

let lastSeen: ReturnType<typeof networkInterfaces> = {};

/** The system that this process runs on. */
export const system: System = {
  platform: process.platform,
  networkInterfaces() {
    try {
      lastSeen = networkInterfaces();
    } catch {
      // out of file descriptors: that says nothing about the interfaces
    }
    return lastSeen;
  },
  open({ type, address, port, shared }) {
    const socket = literalSocket(type, shared);
    return orClose(socket, () => {
      let refusal: Error | undefined;
      const onError = (error: Error) => {
        refusal = error;
      };
      socket.once("error", onError);
      socket.bind({ address, port, exclusive: true });
      socket.off("error", onError);
      if (refusal) throw refusal;
      enlarge(socket);
      socket.address(); // throws where the socket is not bound by now, which no Node.js from 18 to 24 does
      return socket;
    });
  },
  sourceFor(type, group) {
    const socket = literalSocket(type, false);
    socket.on("error", () => {}); // without a route, connect fails a tick later as well
    try {
      socket.connect(9, group);
      socket.remoteAddress(); // throws where there is no route
      return socket.address().address;
    } catch {
      return undefined;
    } finally {
      socket.close();
    }
  },
  igmpTable: () => table("igmp"),
  igmp6Table: () => table("igmp6"),
  readText: (path) => orUndefined(() => readFileSync(path, "utf8")),
  readFolder: (path) => orUndefined(() => readdirSync(path)),
  readLink: (path) => orUndefined(() => readlinkSync(path)),
  now: () => performance.now(),
  after(milliseconds, callback) {
    const timer = setTimeout(callback, milliseconds);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

// Addresses are literals here. With a look-up that answers at once, bind, connect and send act within the call:
// no datagram is sent by settings that were changed a tick later, and no state "opening" is needed.
function literalSocket(type: "udp4" | "udp6", reuseAddr: boolean): Socket {
  return createSocket({ type, reuseAddr, lookup: (address, _options, done) => done(null, address, type === "udp6" ? 6 : 4) });
}

// 4 MiB, of which the system grants what it allows (net.core.rmem_max): a stall of the event loop loses nothing meanwhile.
const RECEIVE_BUFFER = 4 * 1024 * 1024;

function enlarge(socket: Socket): void {
  try {
    socket.setRecvBufferSize(RECEIVE_BUFFER);
  } catch {
    // macOS refuses what it does not grant whole; its own size then stays
  }
}

function table(name: string): string {
  try {
    return readFileSync(`/proc/net/${name}`, "utf8");
  } catch {
    return ""; // no Linux, or not this family
  }
}

// Only Linux has these files, and there a sandbox or a missing permission may hide them: the caller then knows nothing.
function orUndefined<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function orClose(socket: Socket, use: () => Socket): Socket {
  try {
    return use();
  } catch (error) {
    socket.close();
    throw error;
  }
}
