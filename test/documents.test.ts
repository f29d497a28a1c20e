import { existsSync, readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import should from "should";
import { filesUnder, found } from "./support/files";
import { freePort, LO, ownGroup } from "./support/loopback";
import { deploy, get, helper, messagesAt } from "./support/node-red";

const PAGES = readdirSync("docs")
  .filter((file) => file.endsWith(".md"))
  .map((file) => `docs/${file}`);
const DOCUMENTS = ["README.md", "CHANGELOG.md", "SECURITY.md", "bench/README.md", ...PAGES];

interface Link {
  readonly from: string;
  readonly to: string;
  /** The anchor of a heading within the document, as GitHub writes it; empty for the whole document. */
  readonly anchor: string;
}

describe("the documents", () => {
  it("link only to files that exist", () => {
    const links = DOCUMENTS.flatMap(linksOf);
    should(links).not.be.empty();
    should(links.filter(({ to }) => !existsSync(to))).be.empty();
  });

  it("link only to headings that exist", () => {
    const links = DOCUMENTS.flatMap(linksOf).filter(({ anchor }) => anchor !== "");
    should(links).not.be.empty();
    should(links.filter(({ to, anchor }) => !anchorsOf(to).includes(anchor))).be.empty();
  });

  it("are all reached from the README", () => {
    const reached = linksOf("README.md").map(({ to }) => to);
    should(PAGES.filter((page) => !reached.includes(page))).be.empty();
  });
});

describe("the table of rooms in docs/architecture.md", () => {
  it("names every module of lib in its room, and no other", () => {
    const rows = Array.from(textOf("docs/architecture.md").matchAll(/^\| `([\w-]+)\/` \| (.+?) \|/gm));
    const named = rows.flatMap(([, room, modules = ""]) => found(modules, /`([\w-]+)`/g).map((module) => `src/lib/${room}/${module}.ts`));
    const alone = found(textOf("docs/architecture.md"), /`([\w-]+\.ts)`(?=[^|\n]*\| \|)/g);
    const all = [...named, ...alone.map((file) => `src/lib/${file}`)];
    should(all.sort()).deepEqual(
      filesUnder("src/lib")
        .filter((file) => file.endsWith(".ts"))
        .sort(),
    );
  });
});

describe("the README", () => {
  before(() => helper.startServer());
  after(() => helper.stopServer());
  afterEach(() => helper.unload());

  it("names the commands for a fresh clone", () => {
    for (const command of ["npm start", "npm test"]) should(readFileSync("README.md", "utf8")).containEql(`\`${command}\``);
  });

  it("shows a message with the properties that mcast recv outputs", async () => {
    const [, sample = "{}"] = /```json\n(.*?)```/s.exec(readFileSync("README.md", "utf8")) ?? [];
    const shown: Readonly<Record<string, unknown>> = JSON.parse(sample);
    const [group, port] = [ownGroup(), await freePort()];
    await deploy(
      { id: "say", type: "mcast-say", group, port, iface: LO },
      { id: "recv", type: "mcast-recv", groups: [group], port, iface: LO, datatype: "json", wires: [["out"]] },
      { id: "out", type: "helper" },
    );
    const received = messagesAt("out", 1);
    get("say").receive({ payload: shown.payload });
    const [message = {}] = await received;
    should(Object.keys(message).sort()).deepEqual(Object.keys(shown).sort());
    should(message.payload).deepEqual(shown.payload);
    should(message.topic).equal(message.group);
    should(shown.topic).equal(shown.group);
    should(message.fromip).equal(`${message.ip}:${message.port}`);
    should(shown.fromip).equal(`${shown.ip}:${shown.port}`);
  });
});

/** Returns the links and pictures of a document that lead to files of this package. */
function linksOf(from: string): Link[] {
  const targets = Array.from(textOf(from).matchAll(/\]\(([^)\s]+)\)/g), ([, target = ""]) => target);
  return targets
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [file = "", anchor = ""] = target.split("#");
      return { from, to: file === "" ? from : posix.join(posix.dirname(from), file), anchor };
    });
}

/** Returns the anchors that GitHub gives the headings of a document: lower case, hyphens for blanks, no punctuation. */
function anchorsOf(document: string): string[] {
  return Array.from(textOf(document).matchAll(/^#+ (.+)$/gm), ([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replace(/ /g, "-"),
  );
}

// Ignores blocks of code, because a comment in a shell script is not a heading.
function textOf(document: string): string {
  return readFileSync(document, "utf8").replace(/^```.*?^```/gms, "");
}
