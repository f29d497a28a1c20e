import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import should from "should";
import { limitFaults, reportListenerFault, reportRejection } from "../../src/lib/listener-fault";

describe("the fault of a listener", () => {
  const reported = async (error: unknown): Promise<Error & { readonly code?: unknown }> => {
    const warning = once(process, "warning");
    reportListenerFault(error);
    const [first] = await warning;
    return first;
  };

  it("is a warning of the process, with its own name and code", async () => {
    should(await reported(new Error("x"))).match({ name: "McastListenerError", code: "MCAST_LISTENER" });
  });

  it("is reported with the stack of the error", async () => {
    const { message } = await reported(new Error("broken"));
    should(message).match(/^A multicast listener threw: Error: broken\n.*listener-fault\.test/s);
  });

  for (const [thrown, text] of [
    ["text", "text"],
    [undefined, "undefined"],
    [Object.assign(new Error("without"), { stack: undefined }), "without"],
  ] as const) {
    it(`is reported as "${text}" where ${thrown instanceof Error ? "the error has no stack" : `${thrown} was thrown`}`, async () => {
      should((await reported(thrown)).message).equal(`A multicast listener threw: ${text}`);
    });
  }

  it("is reported where the promise of an asynchronous method rejects", async () => {
    const warning = once(process, "warning");
    reportRejection(undefined);
    reportRejection(Promise.resolve());
    reportRejection(Promise.reject(new Error("late")));
    should((await warning)[0].message).startWith("A multicast listener threw: Error: late\n");
  });

  it("is reported at most 100 times in a window, and the next report has the number of the others", async () => {
    const texts: string[] = [];
    const report = limitFaults((text) => texts.push(text), 50);
    for (let each = 0; each < 5_000; each += 1) report(`thrown ${each}`);
    should(texts).have.length(100);
    await setTimeout(60); // the end of the window
    report("later");
    report("once more");
    should(texts.slice(100)).deepEqual([
      "A multicast listener threw: later (4900 before it were not reported)",
      "A multicast listener threw: once more",
    ]);
  });

  it("is reported although it cannot be printed", async () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    should((await reported(proxy)).message).equal("A multicast listener threw an error that cannot be printed");
  });
});
