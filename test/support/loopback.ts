import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { RemoteInfo } from "../../src/lib/host/system";
import type { GroupListener } from "../../src/lib/receive/membership";
import type { Arrival } from "../../src/lib/sockets/socket-listener";
import type { State } from "../../src/lib/state";

/** The address of the loopback interface. Nothing that a test sends leaves the machine. */
export const LO = "127.0.0.1";

/** Returns a port that no program uses at the moment. */
export async function freePort(): Promise<number> {
  const socket = createSocket("udp4");
  socket.bind(0, LO);
  await once(socket, "listening");
  const { port } = socket.address();
  socket.close();
  return port;
}

/** Returns a random group, so that its memberships can be counted although other tests run at the same time. */
export function ownGroup(): string {
  return `239.255.${randomInt(100, 255)}.${randomInt(1, 255)}`;
}

/** Returns a random source-specific group (RFC 4607). */
export function ownSourceSpecificGroup(): string {
  return ownGroup().replace(/^239\.255/, `232.${randomInt(1, 255)}`);
}

export interface RecordedDatagram {
  readonly text: string;
  readonly payload: Buffer;
  readonly sender: RemoteInfo;
  readonly arrival: Arrival;
}

/** A listener that records datagrams and states. */
export class RecordingListener implements GroupListener {
  readonly heard: RecordedDatagram[] = [];
  readonly states: State[] = [];
  #wake: () => void = () => {};

  onDatagram(payload: Buffer, sender: RemoteInfo, arrival: Arrival): void {
    this.heard.push({ text: payload.toString(), payload, sender, arrival });
    this.#wake();
  }

  onState(state: State): void {
    this.states.push(state);
  }

  /** Settles when a total number of datagrams has been received. */
  async count(total: number): Promise<readonly RecordedDatagram[]> {
    while (this.heard.length < total) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.heard;
  }

  get texts(): readonly string[] {
    return this.heard.map(({ text }) => text);
  }
}

/** Sends a datagram to a group from an address of 127.0.0.0/8. By default its text is that address. */
export async function sayFrom(address: string, group: string, port: number, text = address): Promise<void> {
  const socket = createSocket("udp4");
  socket.bind(0, address);
  await once(socket, "listening");
  socket.setMulticastInterface(LO);
  await new Promise((resolve) => socket.send(text, port, group, resolve));
  socket.close();
}

/** Three addresses to send from. */
export const [ONE, TWO, OTHER] = ["127.0.0.2", "127.0.0.3", "127.0.0.4"] as const;

/** Sends a datagram to a group from each of the three addresses, `ONE` last. The text is the address. */
export async function sayFromEach(group: string, port: number): Promise<void> {
  for (const sender of [OTHER, TWO, ONE]) await sayFrom(sender, group, port);
}

/** Returns the sources from which this machine has joined an IPv4 group on the loopback interface, as the kernel lists them. */
export function sourcesInKernel(group: string): readonly string[] {
  const hex = (address: string) =>
    `0x${address
      .split(".")
      .map((part) => Number(part).toString(16).padStart(2, "0"))
      .join("")}`;
  const dotted = (digits: string) => Buffer.from(digits.slice(2), "hex").join(".");
  const lines = readFileSync("/proc/net/mcfilter", "utf8")
    .split("\n")
    .map((line) => line.trim().split(/\s+/));
  return lines.flatMap(([, device, joined, source = ""]) => (device === "lo" && joined === hex(group) ? [dotted(source)] : [])).sort();
}

/** Returns the number of memberships of this machine in an IPv4 group on an interface, as the kernel counts them. */
export function joinedInKernel(group: string, device = "lo"): number {
  const hex = group
    .split(".")
    .reverse()
    .map((part) => Number(part).toString(16).padStart(2, "0").toUpperCase())
    .join("");
  let here = false;
  for (const line of readFileSync("/proc/net/igmp", "utf8").split("\n")) {
    const [, name] = /^\d+\s+(\S+)/.exec(line) ?? [];
    if (name) here = name === device;
    const [, users] = new RegExp(`^\\s+${hex}\\s+(\\d+)`).exec(line) ?? [];
    if (here && users) return Number(users);
  }
  return 0;
}
