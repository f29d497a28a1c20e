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
    should(await all(linesOf(input("on", "e\r", "\ntwo\n\nlast"), 100, new Run({})))).deepEqual(["one", "two", "", "last"]);
    should(await all(linesOf(input("only\n"), 100, new Run({})))).deepEqual(["only"]);
    should(await all(linesOf(input(""), 100, new Run({})))).be.empty();
  });

  it("is refused at a line that is longer than a datagram can be, with the number of the line", async () => {
    const refusal = { message: "line 3 is longer than one datagram (at most 5 bytes)" };
    for (const chunks of [["one\n\n123456\n"], ["one\n\n123", "456"], ["one\n\n123456", "789"], ["one\n\n", "123456\r\n"]]) {
      await should(all(linesOf(input(...chunks), 5, new Run({})))).be.rejectedWith(refusal);
    }
    should(await all(linesOf(input("12345\r", "\n12345", "\n12345"), 5, new Run({})))).deepEqual(["12345", "12345", "12345"]);
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
