import should from "should";
import { ago, count, rate } from "../../../src/editor/sidebar/language";
import { english } from "./english";

describe("the language of the sidebar", () => {
  it("shows an age in its largest unit, and below 5 s as just now", () => {
    const times = [0, 4999, 5000, 59_999, 60_000, 3_600_000, 90_000_000].map((ms) => ago(ms, english));
    should(times).deepEqual(["just now", "just now", "5s ago", "59s ago", "1m ago", "1h ago", "1d ago"]);
  });

  it("shows a time that is a little ahead, since the clocks differ, as just now", () => {
    should(ago(-3000, english)).equal("just now");
  });

  it("writes numbers as the reader does", () => {
    should(count(12345, english)).equal("12,345");
    should(count(12345, { ...english, locale: "de" })).equal("12.345");
  });

  it("writes a rate with a digit behind the point below 10 only", () => {
    should([0, 0.54, 9.96, 12.4].map((each) => rate(each, english))).deepEqual(["0/s", "0.5/s", "10/s", "12/s"]);
  });
});
