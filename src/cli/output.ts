import { printable } from "./terminal-text";

/** Bytes that may wait for a slow reader of one stream before more is dropped. */
const MOST_WAITING = 1024 * 1024;

/** Both output streams of a process, with a bound on what waits for a slow reader. */
export class Output {
  #dropped = 0;
  #told = "";

  /** The number of datagrams that were not printed because the reader was too slow. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Writes to standard output; counts it as dropped where too much waits already. */
  print(bytes: Uint8Array | string): void {
    if (process.stdout.writableLength <= MOST_WAITING) process.stdout.write(bytes);
    else {
      this.#dropped += 1;
      this.tell("the reader of standard output is too slow: datagrams are dropped");
    }
  }

  /** Tells a line on standard error; the same line again is told once. */
  tell(line: string): void {
    if (line !== this.#told) this.mention(`mcast: ${line}`);
    this.#told = line;
  }

  /** Writes a line to standard error as it is, but for characters that would control a terminal. */
  mention(line: string): void {
    if (process.stderr.writableLength <= MOST_WAITING) process.stderr.write(`${printable(line)}\n`);
  }

  /** Settles when everything has been read; immediately where nobody reads any more. */
  async flushed(): Promise<void> {
    await Promise.all([process.stdout, process.stderr].map((stream) => new Promise<void>((resolve) => stream.write("", () => resolve()))));
  }
}
