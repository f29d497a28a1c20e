import { printable } from "./terminal-text";

/** The most bytes that wait for a slow reader of one stream. Further output is dropped. */
const MOST_WAITING = 1024 * 1024;

/** Both output streams of a process, with a limit on the bytes that wait for a slow reader. */
export class Output {
  #dropped = 0;
  #lastReport = "";

  /** The number of datagrams that were not printed because the reader was too slow. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Writes to standard output. If too many bytes wait already, drops the output and counts it. */
  print(bytes: Uint8Array | string): void {
    if (process.stdout.writableLength <= MOST_WAITING) process.stdout.write(bytes);
    else {
      this.#dropped += 1;
      this.report("the reader of standard output is too slow: datagrams are dropped");
    }
  }

  /** Writes a line to standard error, unless it was written before. */
  report(line: string): void {
    if (line !== this.#lastReport) this.printError(`mcast: ${line}`);
    this.#lastReport = line;
  }

  /** Makes `report` write the next line even if it was written before, because what it reports has ended in between. */
  forget(): void {
    this.#lastReport = "";
  }

  /** Writes a line to standard error. Escapes characters that would control a terminal. */
  printError(line: string): void {
    if (process.stderr.writableLength <= MOST_WAITING) process.stderr.write(`${printable(line)}\n`);
  }

  /** Settles when the readers have read all output, or at once if there is no reader any more. */
  async flushed(): Promise<void> {
    await Promise.all([process.stdout, process.stderr].map((stream) => new Promise<void>((resolve) => stream.write("", () => resolve()))));
  }
}
