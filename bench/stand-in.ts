import dgram from "node:dgram";
import { EventEmitter } from "node:events";
import { meter } from "./meter";

const done = (): void => {};

/** A socket without a network: each datagram is sent at once, and only `inject` delivers one. */
class StandIn extends EventEmitter {
  readonly #isIPv6: boolean;
  readonly #joined = new Set<string>();
  #port = 0;

  constructor(type: "udp4" | "udp6") {
    super();
    this.#isIPv6 = type === "udp6";
  }

  override on(event: string, listener: (...details: unknown[]) => void): this {
    super.on(event, listener);
    this.#offer();
    return this;
  }

  bind(place: number | { port?: number }, ...rest: unknown[]): this {
    this.#port = (typeof place === "object" ? place.port : Number(place)) || 40_000;
    const listening = rest.find((each) => typeof each === "function");
    if (listening) process.nextTick(listening);
    return this;
  }

  address(): object {
    return { address: this.#isIPv6 ? "::" : "0.0.0.0", family: this.#isIPv6 ? "IPv6" : "IPv4", port: this.#port };
  }

  addMembership(group: string): void {
    if (this.#joined.has(group)) throw Object.assign(new Error("EADDRINUSE"), { code: "EADDRINUSE" });
    this.#joined.add(group);
    this.#offer();
  }

  // A datagram is injected into the socket that has joined and listens; the others only send.
  #offer(): void {
    if (this.#joined.size === 0 || this.listenerCount("message") === 0) return;
    meter.inject = (payload) => this.emit("message", payload, this.#sender(payload));
  }

  // Makes a new object for each datagram, as a real socket does.
  #sender(payload: Buffer): object {
    const size = payload.length;
    return this.#isIPv6
      ? { address: "::ffff:127.0.0.1", family: "IPv6", port: 50_000, size }
      : { address: "127.0.0.1", family: "IPv4", port: 50_000, size };
  }

  send(...details: readonly unknown[]): void {
    meter.sent += 1;
    const sent = details[details.length - 1];
    if (typeof sent === "function") sent(null);
  }

  connect(_port: number, ...rest: unknown[]): void {
    const connected = rest.find((each) => typeof each === "function");
    if (connected) process.nextTick(connected);
  }

  remoteAddress(): object {
    return { address: "127.0.0.1", family: "IPv4", port: 9 };
  }

  close = done;
  disconnect = done;
  dropMembership = done;
  addSourceSpecificMembership = done;
  setBroadcast = done;
  setMulticastInterface = done;
  setMulticastLoopback = done;
  setMulticastTTL = done;
  setRecvBufferSize = done;
  setSendBufferSize = done;
  setTTL = done;
  ref = done;
  unref = done;
}

/** Replaces every socket of this process by a stand-in, so that only the cost of JavaScript remains. */
export function standIn(): void {
  Object.assign(dgram, {
    createSocket: (options: "udp4" | "udp6" | { type: "udp4" | "udp6" }) =>
      new StandIn(typeof options === "string" ? options : options.type),
  });
}
