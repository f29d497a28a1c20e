import fc from "fast-check";
import should from "should";
import { ReplayWindow } from "../../../src/lib/sealed/replay-window";

function admitAll(ctrs: readonly number[]): ReplayWindow {
  const window = new ReplayWindow();
  for (const ctr of ctrs) window.admit(ctr);
  return window;
}

function upTo(count: number, first = 1): readonly number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

describe("the window of CTRs", () => {
  it("admits each CTR once, in order or not", () => {
    const window = new ReplayWindow();
    for (const ctr of [5, 3, 9, 4, 1, 7]) should(window.admit(ctr)).equal(true);
    for (const ctr of [5, 3, 9, 4, 1, 7]) should(window.admit(ctr)).equal(false);
    should(window.newest).equal(9);
  });

  it("admits a CTR that 127 higher ones overtook, and not one that 128 or more did", () => {
    should(admitAll([1, ...upTo(127, 3)]).admit(2)).equal(true);
    should(admitAll([1, ...upTo(128, 3)]).admit(2)).equal(false);
    should(admitAll([1, ...upTo(129, 3)]).admit(2)).equal(false);
  });

  it("admits any CTR while it is not full, however much lower it is", () => {
    should(admitAll(upTo(127, 1_000_000)).admit(1)).equal(true);
    should(admitAll(upTo(128, 1_000_000)).admit(1)).equal(false);
  });

  it("keeps the 128 highest CTRs, in any order of arrival", () => {
    const ctrs = fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 600 });
    fc.assert(
      fc.property(ctrs, (sequence) => {
        const window = new ReplayWindow();
        let model: number[] = [];
        for (const ctr of sequence) {
          const isNew = !model.includes(ctr) && (model.length < 128 || ctr > Math.min(...model));
          should(window.admit(ctr)).equal(isNew);
          if (isNew) model = [...model, ctr].sort((a, b) => b - a).slice(0, 128);
          should(window.newest).equal(Math.max(0, ...model));
        }
      }),
      { numRuns: 200 },
    );
  });

  it("admits none twice, over far more than it keeps", () => {
    const window = new ReplayWindow();
    const admitted = new Set<number>();
    for (let step = 0; step < 20_000; step += 1) {
      const ctr = 1 + ((step * 7_919) % 5_003) + step;
      if (!window.admit(ctr)) continue;
      should(admitted.has(ctr)).equal(false);
      admitted.add(ctr);
    }
    should(admitted.size).be.above(128);
  });
});
