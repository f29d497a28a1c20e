import { readFileSync } from "node:fs";
import should from "should";
import { FINDING_IDS, finding, inWords, unknownFinding } from "../../../src/lib/diagnostics/finding";

describe("a finding", () => {
  it("links to the section with the name of its id, at the address of the project", () => {
    const { homepage }: { readonly homepage: string } = JSON.parse(readFileSync("package.json", "utf8"));
    should(finding("carrier", "ok", { fact: "well" })).deepEqual({
      id: "carrier",
      level: "ok",
      fact: "well",
      why: "",
      remedy: "",
      details: {},
      link: homepage.replace("#readme", "/blob/main/docs/troubleshooting.md#carrier"),
    });
  });

  it("that is unknown names what is needed", () => {
    should(unknownFinding("firewall", "not readable", "Needs root")).containEql({ level: "unknown", remedy: "Needs root" });
  });

  for (const id of FINDING_IDS) {
    it(`about ${id} has a section in docs/troubleshooting.md`, () => {
      should(readFileSync("docs/troubleshooting.md", "utf8")).match(new RegExp(`^## ${id}$`, "m"));
    });
  }

  it("has a section only if the doctor can find it", () => {
    const page = readFileSync("docs/troubleshooting.md", "utf8");
    const ids: readonly string[] = FINDING_IDS;
    const sections = Array.from(page.matchAll(/^## ([a-z]+(?:-[a-z]+)*)$/gm), ([, id = ""]) => id);
    should(sections.filter((id) => !ids.includes(id))).be.empty();
  });
});

describe("inWords", () => {
  it("joins names as a sentence does", () => {
    should([[], ["a"], ["a", "b"], ["a", "b", "c"]].map(inWords)).deepEqual(["", "a", "a and b", "a, b and c"]);
  });
});
