import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";

/** The facts of the machine that the figures depend on. */
export function describeMachine(): Readonly<Record<string, string>> {
  return {
    system: `${process.platform} ${release()}`,
    cores: `${cpus().length} x ${cpus()[0]?.model.trim() ?? "unknown"}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    node: process.version,
    nodeRed: versionOf("node-red/package.json"),
    package: versionOf("../package.json"),
    commit: commit(),
    "net.core.rmem_max": kernelSetting("net/core/rmem_max"),
    "net.core.rmem_default": kernelSetting("net/core/rmem_default"),
  };
}

function versionOf(file: string): string {
  const { version }: { version: string } = require(file);
  return version;
}

function commit(): string {
  try {
    return execFileSync("git", ["describe", "--always", "--dirty"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return "unknown"; // the folder is no git repository
  }
}

function kernelSetting(path: string): string {
  try {
    return readFileSync(`/proc/sys/${path}`, "utf8").trim();
  } catch {
    return "unknown"; // not Linux
  }
}
