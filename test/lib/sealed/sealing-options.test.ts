import should from "should";
import { createKey } from "../../../src/lib/sealed/group-key";
import { readSealing } from "../../../src/lib/sealed/sealing-options";

describe("the sealing of a group", () => {
  it("is none where there is no field for a key", () => should(readSealing({ group: "239.255.1.1" })).equal(undefined));

  it("refuses a key without a value: what was meant to be sealed is not sent as plaintext", () => {
    for (const key of [undefined, null, "", "  ", { key: "" }]) should(() => readSealing({ key })).throw({ code: "ERR_MCAST_KEY" });
  });

  it("has a freshness of 30 seconds, or 15 to 86400", () => {
    const key = createKey();
    should(readSealing({ key })).containEql({ freshness: 30 });
    should(readSealing({ key, freshness: "" })).containEql({ freshness: 30 });
    for (const freshness of [15, "86400"]) should(readSealing({ key, freshness })).containEql({ freshness: Number(freshness) });
    for (const freshness of [14, 86_401, 20.5, "long"])
      should(() => readSealing({ key, freshness })).throw(/^Freshness must be 15 to 86400 seconds/);
  });
});
