import { PassThrough } from "node:stream";
import should from "should";
import { Run } from "../../src/cli/run";
import { linesOf, piecesOf } from "../../src/cli/standard-input";

describe("standard input", () => {
  const all = async (payloads: AsyncIterable<Buffer>): Promise<readonly string[]> => {
    const texts: string[] = [];
    for await (const payload of payloads) texts.push(payload.toString());
    return texts;
  };
  /** A stream that brings these chunks, each by itself. */
  const input = (...chunks: readonly string[]): PassThrough => {
    const stream = new PassThrough();
    for (const chunk of chunks) stream.write(chunk);
    stream.end();
    return stream;
  };

  it("comes in pieces of at most a size, and none waits until it is full", async () => {
    should(await all(piecesOf(input("abcde"), 2, new Run({})))).deepEqual(["ab", "cd", "e"]);
    const stream = new PassThrough();
    const pieces = piecesOf(stream, 100, new Run({}));
    stream.write("now");
    should(String((await pieces.next()).value)).equal("now");
    await pieces.return(undefined);
  });

  it("comes line by line, across chunks, without line breaks", async () => {
    should(await all(linesOf(input("on", "e\r", "\ntwo\n\nlast"), new Run({})))).deepEqual(["one", "two", "", "last"]);
    should(await all(linesOf(input("only\n"), new Run({})))).deepEqual(["only"]);
    should(await all(linesOf(input(""), new Run({})))).be.empty();
  });

  it("is refused where a line is longer than a datagram can be", async () => {
    await should(all(linesOf(input("x".repeat(65_536), "x".repeat(65_536)), new Run({})))).be.rejectedWith(/longer than one datagram/);
  });

  it("ends when the run is over", async () => {
    const run = new Run({});
    const stream = new PassThrough();
    const pieces = all(piecesOf(stream, 100, run));
    stream.write("first");
    run.end();
    await pieces.catch(() => {}); // a stream that is destroyed ends its reader early
    should(stream.destroyed).be.true();
  });
});
