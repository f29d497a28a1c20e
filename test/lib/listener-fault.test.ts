import { once } from "node:events";
import should from "should";
import { reportListenerFault } from "../../src/lib/listener-fault";

describe("a listener that throws for each datagram", () => {
  it("causes at most ten warnings of the process in ten seconds", async () => {
    const warnings: Error[] = [];
    const note = (warning: Error): void => void (warning.name === "McastListenerError" && warnings.push(warning));
    process.on("warning", note);
    for (let each = 0; each < 5_000; each += 1) reportListenerFault(`thrown ${each}`);
    const marker = once(process, "warning");
    process.emitWarning("a marker", "Marker");
    await marker;
    await new Promise(setImmediate);
    process.off("warning", note);
    should(warnings.length).be.belowOrEqual(10);
  });
});
