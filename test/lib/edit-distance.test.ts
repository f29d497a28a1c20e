import should from "should";
import { editDistance } from "../../src/lib/edit-distance";

describe("the edit distance", () => {
  for (const [one, other, distance] of [
    ["port", "port", 0],
    ["port", "ports", 1],
    ["port", "por", 1],
    ["port", "part", 1],
    ["port", "prot", 1],
    ["", "port", 4],
    ["port", "", 4],
    ["kitten", "sitting", 3],
    ["recieve", "receive", 1],
  ] as const) {
    it(`of '${one}' and '${other}' is ${distance}, in either order`, () => {
      should(editDistance(one, other)).equal(distance);
      should(editDistance(other, one)).equal(distance);
    });
  }
});
