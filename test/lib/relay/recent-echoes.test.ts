import should from "should";
import { KeyedDigest } from "../../../src/lib/relay/keyed-digest";
import { RecentEchoes } from "../../../src/lib/relay/recent-echoes";

const digest = new KeyedDigest();
const of = (text: string) => {
  digest.update(Buffer.from(text));
  return Int32Array.from(digest.halves);
};

describe("the recent echoes of a relay", () => {
  let memory: RecentEchoes;
  beforeEach(() => {
    memory = new RecentEchoes();
  });

  it("takes a payload at the noted hop or a higher one as a return, but not at a lower one", () => {
    memory.add(of("on"), 3, 0);
    should([1, 2, 3, 4, 8].map((hop) => memory.takesBack(of("on"), hop, 1))).deepEqual([false, false, true, true, true]);
    should(memory.takesBack(of("off"), 8, 1)).be.false();
  });

  it("knows an echo for 10 seconds", () => {
    memory.add(of("on"), 2, 5_000_000_000);
    should(memory.takesBack(of("on"), 2, 5_000_009_999)).be.true();
    should(memory.takesBack(of("on"), 2, 5_000_010_000)).be.false();
  });

  it("keeps the lowest hop, although there are echoes at higher ones meanwhile", () => {
    memory.add(of("on"), 4, 0);
    memory.add(of("on"), 2, 1);
    memory.add(of("on"), 4, 2);
    should(memory.takesBack(of("on"), 2, 3)).be.true();
    should(memory.takesBack(of("on"), 1, 3)).be.false();
    memory.add(of("on"), 4, 10_001); // the lower one is forgotten by now
    should(memory.takesBack(of("on"), 2, 10_002)).be.false();
    should(memory.takesBack(of("on"), 4, 10_002)).be.true();
  });

  it("takes 8 copies as returns of each echo: another sender's datagram suppresses no more than that", () => {
    memory.add(of("on"), 2, 0);
    const taken = Array.from({ length: 100 }, (_, number) => memory.takesBack(of("on"), 3, number));
    should(taken.filter(Boolean).length).equal(8);
    memory.add(of("on"), 2, 200);
    memory.add(of("on"), 2, 201);
    should(Array.from({ length: 100 }, () => memory.takesBack(of("on"), 3, 202)).filter(Boolean).length).equal(16);
  });

  it("knows a thousand payloads a second for some seconds, and takes no more room for more of them", () => {
    for (let number = 0; number < 100_000; number += 1) memory.add(of(String(number)), 2, number);
    const knownOf = (first: number) =>
      Array.from({ length: 1_000 }, (_, number) => memory.knows(of(String(first + number)), 2, 100_000)).filter(Boolean).length;
    should(knownOf(99_000)).be.above(995);
    should(knownOf(98_000)).be.above(970);
    should(knownOf(80_000)).equal(0);
  });
});
