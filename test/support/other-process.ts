import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/** Starts a program in a process of its own: JavaScript source text that prints a line when it is ready. */
export async function otherProcess(program: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ["-e", program], { stdio: ["pipe", "pipe", "inherit"] });
  await once(child.stdout, "data");
  return child;
}

/** Ends a process, and waits until it has exited. */
export async function end(child: ChildProcess): Promise<void> {
  child.kill("SIGKILL");
  await once(child, "exit");
}

/** Returns a program that joins a group as most programs do: bound to the wildcard address. It ends with its standard input. */
export function joiner(group: string, port: number): string {
  return `
    const socket = require("node:dgram").createSocket({ type: "udp4", reuseAddr: true });
    socket.bind(${port}, () => { socket.addMembership("${group}", "127.0.0.1"); console.log("ready"); });
    process.stdin.on("end", () => process.exit()).resume();
  `;
}

/** Returns a program that binds a port without sharing it. */
export function hog(port: number): string {
  return `
    const socket = require("node:dgram").createSocket("udp4");
    socket.bind(${port}, () => console.log("ready"));
    process.stdin.on("end", () => process.exit()).resume();
  `;
}
