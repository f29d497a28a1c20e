import { readdirSync } from "node:fs";
import { dirname, posix } from "node:path";
import { createContext, runInContext } from "node:vm";
import should from "should";
import { McastError, REASONS } from "../src/lib/errors";
import {
  DATATYPES,
  DEFAULTS,
  destination,
  ECHOES,
  type Fields,
  hearOptions,
  REPLIES,
  readProperty,
  recvOptions,
  replyOptions,
} from "../src/lib/options/options";
import { filesUnder, found, read, without } from "./support/files";
import { npm } from "./support/npm";

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly engines: { readonly node: string };
  readonly dependencies: Readonly<Record<string, string>>;
  readonly "node-red": {
    readonly version: string;
    readonly nodes: Readonly<Record<string, string>>;
    readonly plugins: Readonly<Record<string, string>>;
  };
}

/** A validator of the editor: returns true, or the reason why the value is not valid. */
type Validator = (this: unknown, value: unknown, options: object) => unknown;

interface Definition {
  readonly category: string;
  readonly icon?: string;
  readonly defaults: Readonly<Record<string, { readonly value: unknown; readonly validate?: Validator }>>;
  readonly credentials?: Readonly<Record<string, { readonly type: string }>>;
}

const manifest: Manifest = JSON.parse(read("package.json"));
const NODES = Object.keys(manifest["node-red"].nodes);
// The nodes of the palette. mcast-key is a configuration that they share.
const PALETTE = NODES.filter((node) => node !== "mcast-key");

describe("the package", () => {
  let packed: readonly string[];
  let forms: Forms;
  before(async function () {
    this.timeout(60_000); // npm takes its time
    packed = await filesPacked();
    forms = loadForms();
  });

  it("contains the built files, the examples and its documents, and nothing else", () => {
    const papers = ["package.json", "README.md", "LICENSE", "CHANGELOG.md", "SECURITY.md"];
    const wanted = [...["dist", "resources", "examples"].flatMap(filesUnder), ...papers];
    should({ missing: without(wanted, packed), unasked: without(packed, wanted) }).deepEqual({ missing: [], unasked: [] });
  });

  for (const [node, js] of Object.entries(manifest["node-red"].nodes)) {
    it(`contains ${node} with its form, its icon, and in every language its catalogue and its help`, () => {
      const beside = (file: string) => `${dirname(js)}/${file}`;
      const translated = languages().flatMap((language) => [`locales/${language}/${node}.json`, `locales/${language}/${node}.html`]);
      const { icon } = forms.of(node);
      should(icon !== undefined).equal(PALETTE.includes(node));
      const files = [`${node}.js`, `${node}.html`, ...(icon === undefined ? [] : [`icons/${icon}`]), ...translated].map(beside);
      should(without([js, ...files], packed)).be.empty();
      should(read(js)).containEql(`registerType("${node}"`);
      should(read(beside(`${node}.html`))).containEql(`data-template-name="${node}"`);
      for (const language of languages()) should(read(beside(`locales/${language}/${node}.html`))).containEql(`data-help-name="${node}"`);
    });

    it(`contains the resources that the form of ${node} loads`, () => {
      const named = found(formOf(node), /(?:src|href)="(resources\/[^"]+)"/g);
      should(named).not.be.empty();
      const served = packed.map((file) => file.replace("resources/", `resources/${manifest.name}/`));
      should(without(named, served)).be.empty();
    });
  }

  it("uses each of its nodes in an example, with core's nodes only", () => {
    const types = examples().map(({ type }) => type);
    should(without(NODES, types)).be.empty();
    should(without(types, [...NODES, ...coreTypes()])).be.empty();
  });

  it("sets every property of a form in its examples, to a valid value", () => {
    for (const node of examples().filter(({ type }) => NODES.includes(type))) {
      for (const [property, { validate }] of Object.entries(forms.of(node.type).defaults)) {
        should(node).have.property(property);
        should(validate?.(node[property], {}) ?? true).equal(true, reported(`${node.type} ${node.id} ${property}`, node[property]));
      }
    }
  });

  it("explains each of its examples in the flow's description and in comments", () => {
    for (const file of filesUnder("examples")) {
      const nodes: ExampleNode[] = JSON.parse(read(file));
      const [flow, ...others] = nodes.filter(({ type }) => type === "tab");
      should(others).be.empty();
      should(flow?.label).be.a.String().and.not.be.empty();
      should(flow?.info).match(/\*\*What to change\*\*.*\*\*What to see\*\*/s, file);
      const comments = nodes.filter(({ type }) => type === "comment");
      should(comments).not.be.empty();
      for (const { name, info } of comments) for (const text of [name, info]) should(text).be.a.String().and.not.be.empty();
    }
  });

  it("names no interface in its examples except the loopback interface, because other names fit no other machine", () => {
    const interfaces = examples()
      .filter(({ type }) => PALETTE.includes(type))
      .flatMap(({ iface, echoIface = iface }) => [iface, echoIface]);
    should(without([...new Set(interfaces.map(String))], ["all", "default", "127.0.0.1"])).be.empty();
  });

  it("tests each of its examples, and lists it in the README", () => {
    const [tests, readme] = [read("test/examples/examples.test.ts"), read("README.md")];
    const names = filesUnder("examples").map((file) => posix.basename(file, ".json"));
    should(names.filter((name) => !tests.includes(`"${name}"`))).be.empty();
    should(names.filter((name) => !readme.includes(`| ${name} |`))).be.empty();
  });

  it("gives no two nodes of its examples the same id", () => {
    const ids = examples().map(({ id }) => id);
    should(ids.filter((id, position) => ids.indexOf(id) !== position)).be.empty();
  });

  it("depends on two other packages at most, each explained in the architecture", () => {
    const names = Object.keys(manifest.dependencies);
    should(names.length).be.belowOrEqual(2);
    const architecture = read("docs/architecture.md");
    should(names.filter((name) => !architecture.includes(`- **${name}**`))).be.empty();
  });

  it("runs from Node.js 18 and Node-RED 3.1 on", () => {
    should(manifest.engines.node).equal(">=18");
    should(manifest["node-red"].version).equal(">=3.1.0");
  });

  it("has the first version in the changelog", () => {
    const [newest] = found(read("CHANGELOG.md"), /^#+ \[?v?(\d+\.\d+\.\d+[^\]\s]*)/gm);
    should(newest).equal(manifest.version);
  });
});

describe("the catalogues", () => {
  const ENGLISH = "en-US";

  it("of one language are the same for every node", () => {
    for (const language of languages()) {
      const [first, ...others] = NODES.map((node) => catalogueOf(language, node));
      should(others.filter((file) => read(file) !== read(first ?? ""))).be.empty();
    }
  });

  it("of every language have the keys of English", () => {
    const keys = [...texts(ENGLISH).keys()].sort();
    for (const language of languages()) should([...texts(language).keys()].sort()).deepEqual(keys, language);
  });

  it("have the library's own text for every reason, apart from those that name what a node has", () => {
    const source: { readonly mcast: { readonly reason: object } } = JSON.parse(read("src/nodes/locales/en-US/mcast.json"));
    const own: readonly [string, string][] = Object.entries(source.mcast.reason);
    const isOwn = ([reason, words]: readonly [string, string]) =>
      reason.endsWith("_one") ? reason.slice(0, -4) in REASONS : reason in REASONS && /msg\.|exported flow/.test(words);
    should(own.filter((each) => !isOwn(each))).be.empty();
    const texted = {
      ...Object.fromEntries(Object.entries(REASONS).map(([reason, [, words]]) => [reason, words])),
      ...Object.fromEntries(own),
    };
    const reasons = Object.entries(texted).map(([reason, words]) => [`mcast.reason.${reason}`, words]);
    should([...texts(ENGLISH)].filter(([key]) => isReason(key))).deepEqual(reasons);
  });

  // A limit or a port that only the English help names is a change that was not translated.
  it("come with a help that names the limits, the ports and the addresses of the English help", () => {
    for (const node of NODES) {
      const numbers = (language: string) => new Set(found(read(`dist/nodes/locales/${language}/${node}.html`), /(\d{2,})/g));
      const english = [...numbers("en-US")];
      should(english).not.be.empty();
      for (const language of languages()) should(without(english, [...numbers(language)])).deepEqual([], `${language} ${node}`);
    }
  });

  it("of every language have the same placeholders", () => {
    const english = texts(ENGLISH);
    for (const language of languages()) {
      for (const [key, text] of texts(language)) should(blanks(text)).deepEqual(blanks(english.get(key) ?? ""), `${language} ${key}`);
    }
  });

  it("contain every text that the forms and the code use", () => {
    should(without(textsAskedFor(), [...texts(ENGLISH).keys()])).be.empty();
  });

  it("contain no unused text, apart from the reasons and the singular of other texts", () => {
    const keys = [...texts(ENGLISH).keys()].filter((key) => !isReason(key));
    const singular = textsAskedFor().map((key) => `${key}_one`);
    should(without(keys, [...textsAskedFor(), ...singular])).be.empty();
  });

  it("are read by the forms' script under the name of one of the nodes", () => {
    const asked = found(read("resources/mcast.js"), /([\w@/-]+):mcast\./g);
    const sets = NODES.map((node) => `${manifest.name}/${node}`);
    should(asked).not.be.empty();
    should(without(asked, sets)).be.empty();
  });
});

describe("the catalogues of the sidebar", () => {
  const textsIn = (language: string) => new Map(flat(JSON.parse(read(catalogueOf(language, "mcast-sidebar")))));
  const english = textsIn("en-US");
  const code = filesUnder("src/editor/sidebar").map(read).join("\n");

  it("of every language have the keys and the placeholders of English", () => {
    const wanted = [...english].map(([key, text]) => [key, blanks(text)]);
    for (const language of languages())
      should([...textsIn(language)].map(([key, text]) => [key, blanks(text)])).deepEqual(wanted, language);
  });

  it("contain every text that the sidebar uses, and no other", () => {
    const asked = found(code, /\b(?:translate|fullKey|some)\("(\w+)"/g).map((key) => `sidebar.${key}`);
    should(asked.length).be.above(20);
    should(without(asked, [...english.keys()])).be.empty();
    should([...english.keys()].filter((key) => !code.includes(`"${key.replace("sidebar.", "")}"`))).be.empty();
  });
});

describe("the forms", () => {
  // The runtime's reader for each form, and the values in which a new node differs from DEFAULTS.
  const RUNTIME: readonly Runtime[] = [
    {
      node: "mcast-say",
      reads: (form) => [destination(form, { group: DEFAULTS.group, port: DEFAULTS.port }), replyOptions(form)],
      fresh: { key: "", iface: "default", sourcePort: "", outputs: 0, groupType: "str", portType: "str", ifaceType: "str", ttlType: "str" },
    },
    {
      node: "mcast-recv",
      reads: recvOptions,
      fresh: { key: "", iface: "all", groups: [DEFAULTS.group], allow: [], silence: "", inputs: 0 },
    },
    {
      node: "mcast-hear",
      reads: hearOptions,
      fresh: { key: "", iface: "all", echoIface: "", groups: [{ group: DEFAULTS.group, echo: true }], allow: [], maxRate: "", silence: "" },
    },
  ];
  const CHOICES: Readonly<Record<string, readonly string[]>> = { datatype: DATATYPES, echo: ECHOES, replies: REPLIES };
  // Properties that follow from others; the editor draws the ports from them.
  const DERIVED = ["inputs", "outputs"];

  const GROUP = {
    good: ["224.0.0.1", "239.1.1.1", " 239.255.255.255 ", "ff02::1", "[ff05::1]", "ff02::1%eth0"],
    bad: ["1.2.3.4", "239.1", "239.1.1.256", "240.0.0.1", "fe80::1", "ff02::g", "eth0", "239.1.1.1, 239.1.1.2", 239, true],
  };
  const GROUPS = {
    good: [["239.1.1.1"], ["239.1.1.1", "ff02::1%eth0"], "239.1.1.1", "239.1.1.1, 239.1.1.2"],
    bad: ["", [], [""], ["239.1.1.1", ""], ["239.1.1.1", "1.2.3.4"], "239.1", 239],
  };
  const PORT = { good: [1, 80, 65535, "80", " 80 "], bad: [0, 65536, -1, 1.5, "8o", "0x50", "1e3", "-1", true, {}] };
  // The values of each validator, by the name that the forms use.
  const VALUES: Readonly<Record<string, { readonly good: readonly unknown[]; readonly bad: readonly unknown[] }>> = {
    group: { ...GROUP, bad: [...GROUP.bad, ""] },
    groupOrBlank: { ...GROUP, good: [...GROUP.good, ""] },
    groups: { ...GROUPS, bad: [...GROUPS.bad, [{ group: "239.1.1.1" }]] },
    heardGroups: {
      good: [...GROUPS.good, [{ group: "239.1.1.1", echo: false }], [{ group: "239.1.1.1" }]],
      bad: [...GROUPS.bad, [{ group: "1.2.3.4", echo: true }], [{ echo: true }], [{ group: "239.1.1.1", echo: "loud" }]],
    },
    port: { ...PORT, bad: [...PORT.bad, ""] },
    portOrBlank: { ...PORT, good: [...PORT.good, ""] },
    iface: {
      good: ["", "all", "default", "eth0", "Ethernet 2", "192.168.1.5", "eth0, 192.168.1.0/24"],
      bad: [",", "eth0,", "all, eth0", "default, all", 5, {}],
    },
    echoIface: { good: ["", "all", "default", "eth0"], bad: [",", "all, eth0", 5] },
    key: { good: ["", "key", undefined], bad: [] },
    sourcePort: { ...PORT, good: [...PORT.good, "", "group"], bad: [...PORT.bad, "any"] },
    collect: { good: ["", 1, 3000, "3600000"], bad: [0, -1, 1.5, 3600001, "long"] },
    ttl: { good: ["", 0, 1, 255, "0", "255"], bad: [-1, 256, 1.5, "1.5", "256", "far", false] },
    refresh: { good: ["", 0, 10, 86400, "120"], bad: [9, -1, 10.5, 86401, "often", true] },
    allow: {
      good: [[], "", ["10.0.0.1"], ["10.0.0.0/8", "fd00::1"], "10.0.0.1, 10.0.0.2", [""]],
      bad: ["printer", ["10.0.0.1", "10.0.0.0/33"], ["239.1.1.1"], 5, [{}]],
    },
    maxRate: { good: ["", 1, 100, "1000000"], bad: [0, -1, 1.5, 1000001, "fast", true] },
    silence: { good: ["", 0, 1, 86400, "30"], bad: [-1, 1.5, 86401, "long", true] },
  };

  let forms: Forms;
  let fields: readonly Field[];
  before(() => {
    forms = loadForms();
    fields = RUNTIME.flatMap((runtime) => fieldsOf(runtime, forms));
  });

  it("register each node under its own name", () => {
    should(forms.types).deepEqual(NODES);
    should(RUNTIME.map(({ node }) => node)).deepEqual(PALETTE);
  });

  it("call only functions that their script has", () => {
    for (const node of NODES) {
      const called = found(formOf(node), /(?<!["\]])\bmcast\.(\w+)[(.]/g);
      should(called).not.be.empty();
      should(without(called, forms.exported)).be.empty();
    }
  });

  it("put three nodes into the palette, and the key beside them", () => {
    should(PALETTE).deepEqual(["mcast-say", "mcast-recv", "mcast-hear"]);
    should(NODES.map((node) => forms.of(node).category)).deepEqual(["network", "network", "network", "config"]);
  });

  it("keep the key and the previous one as credentials, which no export contains", () => {
    const { defaults, credentials } = forms.of("mcast-key");
    should(Object.keys(defaults)).deepEqual(["name", "freshness"]);
    should(structuredClone(credentials)).deepEqual({ key: { type: "password" }, previous: { type: "password" } });
    should(found(formOf("mcast-key"), /<input type="(\w+)"[^>]* id="node-config-input-(?:key|previous)"/g)).deepEqual([
      "password",
      "password",
    ]);
  });

  it("refuse a freshness that the runtime refuses", () => {
    const { validate } = forms.of("mcast-key").defaults.freshness ?? {};
    for (const value of ["", 15, "86400", undefined]) should(validate?.(value, {})).be.true();
    for (const value of [14, 86_401, "long"]) should(validate?.(value, {})).equal(verdict(() => readProperty("freshness", value)));
  });

  it("refuse a key with an option that cannot be sealed, and a missing key, with the runtime's message", () => {
    for (const [node, field, words] of [
      ["mcast-say", { replies: "output" }, verdict(() => replyOptions({ key: "key", replies: "output" }))],
      ["mcast-recv", { unicast: true }, verdict(() => recvOptions({ key: "key", unicast: true }))],
      ["mcast-hear", { acknowledge: true }, verdict(() => hearOptions({ key: "key", acknowledge: true }))],
    ] as const) {
      const { validate } = forms.of(node).defaults.key ?? {};
      should(words).be.a.String();
      should(validate?.call(field, "key", {})).equal(words);
      should(validate?.call(field, "", {})).be.true();
      should(validate?.call({}, "absent", {})).match(/^The chosen mcast key node is missing or disabled/);
    }
  });

  for (const { node, reads, fresh } of RUNTIME) {
    it(`of ${node} has one row for each property`, () => {
      const rows = found(formOf(node), /\sid="(?:node-input-|mcast-(?=groups"|allow"))(\w+)"/g);
      should(rows.sort()).deepEqual(without(Object.keys(forms.of(node).defaults), DERIVED).sort());
    });

    it(`of ${node} checks every text field except its name`, () => {
      const typed = found(formOf(node), /<input type="text"[^>]* id="node-input-(\w+)"/g);
      should(typed.filter((property) => !forms.of(node).defaults[property]?.validate)).deepEqual(["name"]);
    });

    it(`of ${node} offers the choices that the runtime has`, () => {
      const choices = found(formOf(node), /<select id="node-input-(\w+)"/g);
      for (const property of choices) should(optionsOf(node, property)).deepEqual(CHOICES[property], property);
      should(without(Object.keys(CHOICES), choices).filter((property) => property in forms.of(node).defaults)).be.empty();
    });

    it(`of ${node} starts with the runtime's own defaults`, () => {
      const values = forms.valuesOf(node);
      const wanted: Fields = { name: "", ...DEFAULTS, ...fresh };
      for (const [property, value] of Object.entries(values)) should(value).deepEqual(wanted[property], property);
      should(reads(values)).deepEqual(reads({}));
    });
  }

  it("accept their own defaults", () => {
    for (const { name, validate, value } of fields) should(validate(value, {})).equal(true, name);
  });

  it("accept a missing property, as the runtime does", () => {
    should(fields.filter(({ validate }) => validate(undefined, {}) !== true).map(({ name }) => name)).be.empty();
  });

  it("declare two parameters in each validator: with one, the editor reads a returned reason as true", () => {
    should(fields.filter(({ validate }) => validate.length !== 2).map(({ name }) => name)).be.empty();
  });

  it("use the validators that are tested here, and no others", () => {
    should([...new Set(fields.map(({ validator }) => validator))].sort()).deepEqual(Object.keys(VALUES).sort());
  });

  it("refuse a value that contradicts the groups, as the runtime does, with the same text", () => {
    const zoned = { groups: ["ff02::1%eth0"] };
    const heard = { groups: [{ group: "ff02::1%eth0" }], group: "ff02::2%eth1" };
    const specific = { groups: ["232.1.1.1"] };
    for (const [node, property, value, form, read] of [
      ["mcast-recv", "iface", "eth1", zoned, () => recvOptions({ ...zoned, iface: "eth1" })],
      ["mcast-hear", "iface", "eth1", heard, () => hearOptions({ ...heard, iface: "eth1" })],
      ["mcast-hear", "echoIface", "eth0", heard, () => hearOptions({ ...heard, echoIface: "eth0" })],
      ["mcast-say", "iface", "eth1", { group: "ff02::1%eth0" }, () => destination({ group: "ff02::1%eth0", iface: "eth1" })],
      ["mcast-recv", "allow", ["10.0.0.0/8"], specific, () => recvOptions({ ...specific, allow: ["10.0.0.0/8"] })],
    ] as const) {
      const words = verdict(read);
      should(words).be.a.String();
      should(forms.of(node).defaults[property]?.validate?.call(form, value, {})).equal(words, `${node} ${property}`);
      should(forms.of(node).defaults[property]?.validate?.call({}, value, {})).equal(true, `${node} ${property}`);
    }
  });

  for (const [validator, { good, bad }] of Object.entries(VALUES)) {
    it(`accept and refuse with mcast.validators.${validator} the same values as the runtime, with the same text`, () => {
      for (const { name, validate, read } of fields.filter((field) => field.validator === validator)) {
        const runtime = (value: unknown) => verdict(() => read(value));
        for (const value of good) should([validate(value, {}), runtime(value)]).deepEqual([true, true], reported(name, value));
        for (const value of bad) {
          const words = runtime(value);
          should(words).not.equal(true, reported(name, value));
          should(validate(value, {})).equal(words, reported(name, value));
        }
      }
    });
  }
});

interface Runtime {
  readonly node: string;
  readonly reads: (form: Fields) => unknown;
  readonly fresh: Fields;
}

/** A property of a form with a validator, and the runtime's reader for it in an otherwise new node. */
interface Field {
  readonly name: string;
  readonly value: unknown;
  readonly validator: string | undefined;
  readonly validate: Validator;
  readonly read: (value: unknown) => unknown;
}

interface Forms {
  readonly types: readonly string[];
  /** The names that the shared script offers to the forms. */
  readonly exported: readonly string[];
  of(node: string): Definition;
  valuesOf(node: string): Fields;
  validatorName(validate: Validator): string | undefined;
}

// Runs the built forms as the editor does: the shared script first, then the script of each form.
function loadForms(): Forms {
  const definitions = new Map<string, Definition>();
  const keysOfExamples = examples().flatMap(({ id, type }) => (type === "mcast-key" ? [id] : []));
  const nodes = {
    registerType: (type: string, definition: Definition) => definitions.set(type, definition),
    node: (id: string) => (id === "key" || keysOfExamples.includes(id) ? { id, type: "mcast-key" } : null),
  };
  const context = createContext({ RED: { nodes, _: (key: string) => key }, $: () => {} });
  runInContext(read("resources/mcast.js"), context);
  const validators: Readonly<Record<string, unknown>> = runInContext("mcast.validators", context);
  for (const node of NODES) {
    for (const script of found(formOf(node), /<script type="text\/javascript">(.*?)<\/script>/gs)) runInContext(script, context);
  }
  const exported: readonly string[] = Object.keys(runInContext("mcast", context));
  const of = (node: string): Definition => {
    const definition = definitions.get(node);
    if (!definition) throw new Error(`no form registers ${node}`);
    return definition;
  };
  return {
    types: [...definitions.keys()],
    exported,
    of,
    // Clones the values, because objects of another context have other prototypes.
    valuesOf: (node) => Object.fromEntries(Object.entries(of(node).defaults).map(([name, { value }]) => [name, structuredClone(value)])),
    validatorName: (validate) => Object.keys(validators).find((name) => validators[name] === validate),
  };
}

function fieldsOf({ node, reads }: Runtime, forms: Forms): Field[] {
  return Object.entries(forms.of(node).defaults).flatMap(([property, { value, validate }]) => {
    if (!validate) return [];
    const read = (other: unknown) => reads({ ...forms.valuesOf(node), [property]: other });
    return [{ name: `${node} ${property}`, value, validator: forms.validatorName(validate), validate, read }];
  });
}

function verdict(read: () => unknown): true | string {
  try {
    read();
    return true;
  } catch (error) {
    if (!(error instanceof McastError)) throw error;
    return error.message;
  }
}

function reported(name: string, value: unknown): string {
  return `${name}: ${JSON.stringify(value)}`;
}

function formOf(node: string): string {
  return read(`dist/nodes/${node}.html`);
}

function optionsOf(node: string, property: string): string[] {
  const [select = ""] = found(formOf(node), new RegExp(`<select id="node-input-${property}"(.*?)</select>`, "gs"));
  return found(select, /<option value="(.*?)"/g);
}

function languages(): string[] {
  return readdirSync("dist/nodes/locales");
}

function catalogueOf(language: string, node: string): string {
  return `dist/nodes/locales/${language}/${node}.json`;
}

function texts(language: string): Map<string, string> {
  return new Map(flat(JSON.parse(read(catalogueOf(language, "mcast-say")))));
}

function flat(value: unknown, path: readonly string[] = []): [string, string][] {
  if (typeof value !== "object" || value === null) return [[path.join("."), String(value)]];
  return Object.entries(value).flatMap(([key, inner]) => flat(inner, [...path, key]));
}

function isReason(key: string): boolean {
  return key.startsWith("mcast.reason.");
}

function blanks(text: string): string[] {
  return found(text, /__(\w+?)__/g).sort();
}

// Keys that the forms use, as data-i18n="[placeholder]key" or this._("key"), and by the code, as translate("key without mcast.") or catalogue(…).
function textsAskedFor(): string[] {
  const inForms = NODES.map(formOf).flatMap((form) => [
    ...found(form, /data-i18n="(.*?)"/g).flatMap((keys) => keys.split(";").map((key) => key.replace(/^\[.*\]/, ""))),
    ...found(form, /\._\(\s*"(.*?)"/g),
  ]);
  const inCode = [...filesUnder("src/editor"), ...filesUnder("src/nodes")].filter(
    (file) => file.endsWith(".ts") && !file.startsWith("src/editor/sidebar/"),
  );
  const asked = /\b(?:translate|catalogue)\(\s*"(.*?)"|"((?:meaning|conflict|status|iface)\.\w+)"/g; // some keys stand in a table
  const keys = inCode.flatMap((file) => Array.from(read(file).matchAll(asked), ([, one, other]) => one ?? other));
  return [...inForms, ...keys.map((key) => `mcast.${key}`)];
}

interface ExampleNode {
  readonly id: string;
  readonly type: string;
  readonly [property: string]: unknown;
}

function examples(): ExampleNode[] {
  return filesUnder("examples").flatMap((file): ExampleNode[] => JSON.parse(read(file)));
}

// Node-RED finds the types of a node set in this way, by a search of its forms.
function coreTypes(): string[] {
  const core = dirname(require.resolve("@node-red/nodes/package.json", { paths: [require.resolve("node-red")] }));
  const forms = filesUnder(`${core}/core`).filter((file) => file.endsWith(".html"));
  return ["tab", "group", "junction", ...forms.flatMap((file) => found(read(file), /data-template-name="(.*?)"/g))];
}

async function filesPacked(): Promise<string[]> {
  const output = await npm("pack", "--dry-run", "--json", "--ignore-scripts");
  const packages: Readonly<Record<string, { readonly files: readonly { readonly path: string }[] }>> = JSON.parse(output);
  return Object.values(packages).flatMap(({ files }) => files.map(({ path }) => path));
}
