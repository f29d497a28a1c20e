import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { type NetworkInterfaceInfo, networkInterfaces } from "node:os";
import { getSystemErrorName } from "node:util";
import { errnoOf, isError } from "../errors";

export type { NetworkInterfaceInfo, RemoteInfo, Socket };

/** Returns an address with its zone in the system's spelling. Node.js reads the bytes of a zone as Latin-1 (measured on Node.js 20). */
export function withZoneDecoded(address: string): string {
  const [plain = "", zone] = address.split("%");
  return zone === undefined ? address : `${plain}%${Buffer.from(zone, "latin1").toString("utf8")}`;
}

/** Describes a socket to open. Port 0 is an ephemeral port. */
export interface Opening {
  readonly type: "udp4" | "udp6";
  readonly address: string;
  readonly port: number;
  /** True if other sockets may bind the same address and port: for receivers, and for senders with a fixed port. */
  readonly shared: boolean;
  /** An interface to bind an IPv6 socket to, so that it receives only datagrams from there. See `bindsToDevice`. */
  readonly device?: string;
  /** True if an IPv6 socket on `::` must not receive IPv4 datagrams. */
  readonly ipv6Only?: boolean;
}

/** Describes a route to look up: by the system's routes, or by one interface. */
export interface RouteQuestion {
  readonly type: "udp4" | "udp6";
  readonly group: string;
  readonly device?: string;
}

/** The result: the source address; no route; or the errno of a look-up that failed. */
export type RouteReply =
  | { readonly kind: "source"; readonly address: string }
  | { readonly kind: "none" }
  | { readonly kind: "failed"; readonly errno: string };

/** The result of a program: its output; or that it is not installed; or the reason of its failure, in its own words. */
export type CommandResult =
  | { readonly kind: "done"; readonly text: string }
  | { readonly kind: "absent" }
  | { readonly kind: "failed"; readonly reason: string };

/** The functions of Node.js and of the system below it that this library uses. Tests replace them. */
export interface System {
  readonly platform: NodeJS.Platform;
  /** Returns the interfaces with their addresses. Throws the system's own error if it does not list them. */
  networkInterfaces(): NodeJS.Dict<NetworkInterfaceInfo[]>;
  /**
   * Opens and binds a socket within the call, with a large receive buffer. The socket does not keep the process alive; its users
   * do. Throws the system's own error.
   */
  open(opening: Opening): Socket;
  /**
   * Returns true if an IPv6 socket can be bound to an interface. Linux remembers the zone of a bind that fails because the address
   * does not exist, and uses it for the socket's next bind (measured on Linux 6.18; this function tries it on each system).
   */
  bindsToDevice(device: string): boolean;
  /** Returns the source address with which the system would send. Sends nothing. */
  probeRoute(question: RouteQuestion): RouteReply;
  /** Returns the system's own name for a name of an interface, such as an alternative name (Linux, IPv6); undefined if there is none. */
  interfaceNamed(name: string): string | undefined;
  /** Returns the text of a file, such as one below /proc or /sys; undefined if reading fails for any reason. */
  readText(path: string): string | undefined;
  /** Returns the names in a folder; undefined if reading fails. */
  readFolder(path: string): readonly string[] | undefined;
  /** Returns the target of a symbolic link in its written form; undefined if reading fails. */
  readLink(path: string): string | undefined;
  /** Returns the descriptor of an open socket, by which Linux lists its counters; undefined if Node.js does not provide it. */
  descriptorOf(socket: Socket): number | undefined;
  /**
   * Runs a program of the system without a shell, for 2 s at most, while the process continues. Also searches the folders of root's
   * programs. It is for facts that are in no file, such as the rules of a firewall.
   */
  run(command: string, args: readonly string[]): Promise<CommandResult>;
  /** Returns milliseconds since 1970 UTC. The clock may be wrong, and may be set at any time. */
  utc(): number;
  /** Milliseconds on a clock that never jumps. */
  now(): number;
  /** Calls back once, without keeping the process alive. Returns a function that cancels it. */
  after(milliseconds: number, callback: () => void): () => void;
}

/** The system that this process runs on. */
export const system: System = {
  platform: process.platform,
  networkInterfaces: listedOrNamed,
  open({ type, address, port, shared, device, ipv6Only = false }) {
    const socket = literalSocket(type, shared, ipv6Only);
    return orClose(socket, () => {
      if (device !== undefined) bind(socket, { address: `${ABSENT_ADDRESS}%${device}`, port: 0 }); // fails, but the socket keeps the zone
      const refusal = bind(socket, { address, port });
      if (refusal) throw refusal;
      enlarge(socket);
      socket.unref();
      socket.address(); // throws if the socket is not bound by now, which did not happen on Node.js 18 to 24
      return socket;
    });
  },
  bindsToDevice(device) {
    const socket = literalSocket("udp6", false);
    try {
      if (!bind(socket, { address: `${ABSENT_ADDRESS}%${device}`, port: 0 })) return false;
      // A bind to a link-local group needs a zone. Without one it succeeds only if the socket has kept the zone of the first bind.
      return bind(socket, { address: "ff02::1", port: 0 }) === undefined;
    } catch {
      return false;
    } finally {
      socket.close();
    }
  },
  probeRoute({ type, group, device }) {
    const isMapped = device !== undefined && type === "udp4";
    const socket = literalSocket(isMapped ? "udp6" : type, false);
    let failure: Error | undefined;
    socket.on("error", (error) => {
      failure ??= error; // a refused connect is emitted a tick later, after the reply was given
    });
    try {
      if (device !== undefined) bind(socket, { address: `${ABSENT_ADDRESS}%${device}`, port: 0 });
      failure = undefined;
      socket.connect(9, isMapped ? `::ffff:${group}` : group);
      if (failure) return { kind: "failed", errno: errnoOf(failure) };
      socket.remoteAddress(); // throws if there is no route
      return { kind: "source", address: socket.address().address.replace(/^::ffff:/, "") };
    } catch (error) {
      const errno = errnoOf(error);
      return errno.startsWith("ERR_SOCKET") ? { kind: "none" } : { kind: "failed", errno };
    } finally {
      socket.close();
    }
  },
  interfaceNamed(name) {
    const socket = literalSocket("udp6", false);
    socket.on("error", () => {}); // for a name that the system does not know
    try {
      socket.connect(9, `${ABSENT_ADDRESS}%${name}`);
      return withZoneDecoded(socket.remoteAddress().address).split("%")[1];
    } catch {
      return undefined;
    } finally {
      socket.close();
    }
  },
  readText: (path) => orUndefined(() => readFileSync(path, "utf8")),
  readFolder: (path) => orUndefined(() => readdirSync(path)),
  readLink: (path) => orUndefined(() => readlinkSync(path)),
  descriptorOf,
  run,
  utc: () => Date.now(),
  now: () => performance.now(),
  after(milliseconds, callback) {
    const timer = setTimeout(callback, milliseconds);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

// For want of a netlink socket, libuv gives the errno with the wrong sign, and Node.js then does not know its name: "Unknown system
// error 97" is EAFNOSUPPORT (measured on Node.js 20).
function listedOrNamed(): NodeJS.Dict<NetworkInterfaceInfo[]> {
  try {
    return networkInterfaces();
  } catch (error) {
    const info: unknown = isError(error) && "info" in error ? error.info : undefined;
    if (!isObject(info) || !("errno" in info) || typeof info.errno !== "number" || info.errno <= 0) throw error;
    throw Object.assign(new Error("the interfaces cannot be listed", { cause: error }), { code: getSystemErrorName(-info.errno) });
  }
}

// A link-local address that no interface has.
const ABSENT_ADDRESS = "fe80::6d63:6173:7400:1";

// Makes a socket that takes only literal addresses. Its look-up replies at once, so bind, connect and send act within the call. No
// datagram is sent with settings that changed a tick later, and there is no state "opening" (measured on Node.js 18 to 24).
function literalSocket(type: "udp4" | "udp6", reuseAddr: boolean, ipv6Only = false): Socket {
  return createSocket({ type, reuseAddr, ipv6Only, lookup: (address, _options, done) => done(null, address, type === "udp6" ? 6 : 4) });
}

function bind(socket: Socket, { address, port }: { address: string; port: number }): Error | undefined {
  let refusal: Error | undefined;
  const onError = (error: Error) => {
    refusal = error;
  };
  socket.once("error", onError);
  socket.bind({ address, port, exclusive: true });
  socket.off("error", onError);
  return refusal;
}

// Returns the descriptor of a socket. Node.js keeps the handle of a socket under a symbol; `_handle` would return it too, but its
// use warns (DEP0112). If another release differs, there is no descriptor (measured on Node.js 20).
function descriptorOf(socket: Socket): number | undefined {
  const symbol = Object.getOwnPropertySymbols(socket).find(({ description }) => description === "state symbol");
  const state: unknown = symbol && Reflect.get(socket, symbol);
  const handle: unknown = isObject(state) && "handle" in state ? state.handle : undefined;
  return isObject(handle) && "fd" in handle && typeof handle.fd === "number" && handle.fd >= 0 ? handle.fd : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/**
 * The size of the receive buffer in bytes, or less if the system limits it (net.core.rmem_max). Datagrams wait there while the
 * event loop is busy.
 */
export const RECEIVE_BUFFER = 4 * 1024 * 1024;

function enlarge(socket: Socket): void {
  try {
    socket.setRecvBufferSize(RECEIVE_BUFFER);
  } catch {
    // macOS refuses a size above its limit; the socket then keeps its own
  }
}

const RUN_MS = 2_000;
// The most bytes of a program's output. The rules of a firewall with lists of addresses take some megabytes.
const MOST_PRINTED = 32 * 1024 * 1024;

function run(command: string, args: readonly string[]): Promise<CommandResult> {
  // Loading it takes 3 ms, and few processes need it (measured).
  const { execFile }: typeof import("node:child_process") = require("node:child_process");
  // The PATH of users other than root often lacks these folders. LC_ALL makes error messages English.
  const env = { ...process.env, PATH: `${process.env.PATH ?? ""}:/usr/local/sbin:/usr/sbin:/sbin`, LC_ALL: "C" };
  const options = { env, timeout: RUN_MS, maxBuffer: MOST_PRINTED, killSignal: "SIGKILL", windowsHide: true } as const;
  return new Promise((resolve) => {
    try {
      execFile(command, args, options, (error, printed, complaint) => {
        if (!error) return resolve({ kind: "done", text: printed });
        if (error.code === "ENOENT") return resolve({ kind: "absent" });
        const [line = ""] = complaint.trim().split("\n");
        resolve({ kind: "failed", reason: error.killed ? `no result within ${RUN_MS / 1000} s` : line || error.message });
      });
    } catch (error) {
      // The permission model of Node.js refuses to start a program.
      resolve({ kind: "failed", reason: isError(error) ? error.message : String(error) });
    }
  });
}

// Returns undefined if reading fails: only Linux has these files, and a sandbox or a missing permission may hide them.
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
