import should from "should";
import type { Row } from "../../../src/editor/sidebar/rows";
import { textOf } from "../../../src/editor/sidebar/text-copy";
import { english } from "./english";

const ROW: Row = {
  ...{ key: "1", section: "groups", title: "239.255.0.1:5000", level: "good", state: "joined on eth0", last: "nothing heard yet" },
  ...{ counts: [{ text: "0 received", isMarked: false }], nodes: ["meter"], names: ["Energy meter"], total: 0 },
} as const;

describe("the copied text", () => {
  it("has the time, and one line for each row below the name of its section", () => {
    const other: Row = { ...ROW, section: "others", title: "224.0.0.251", state: "joined on lo", last: "", counts: [], names: [] };
    const text = textOf(
      0,
      [
        { row: ROW, rate: 2 },
        { row: other, rate: undefined },
      ],
      [],
      english,
    );
    should(text.split("\n")).deepEqual([
      "Multicast, 1970-01-01T00:00:00.000Z",
      "",
      "Groups",
      "239.255.0.1:5000 · joined on eth0 · 2/s · nothing heard yet · 0 received · Energy meter",
      "",
      "Joined by other programs",
      "224.0.0.251 · joined on lo",
      "",
    ]);
  });

  it("ends with the findings that are shown", () => {
    const finding = { id: "rmem", level: "warning", fact: "The buffer is small", why: "", remedy: "sysctl -w …", link: "" } as const;
    should(textOf(0, [], [finding], english)).match(/\n\nCheck\nwarning · The buffer is small · sysctl -w …\n$/);
  });
});
