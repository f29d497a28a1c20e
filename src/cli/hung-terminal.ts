import { closeSync } from "node:fs";
import { isatty } from "node:tty";

const STANDARD_STREAMS = [0, 1, 2] as const;

/**
 * Prepares for terminals that hang up, such as a serial device that is unplugged. Node.js sets the terminals of its standard streams
 * back when it ends, and aborts if one of them has hung up (measured on Node.js 20). It leaves a stream that is closed alone.
 */
export function closeHungTerminalsAtExit(): void {
  const terminals = STANDARD_STREAMS.filter((descriptor) => isatty(descriptor));
  if (terminals.length === 0) return;
  process.on("exit", () => {
    for (const descriptor of terminals) if (!isatty(descriptor)) closeSync(descriptor);
  });
}
