import { readFileSync } from "node:fs";
import { createContext, runInContext } from "node:vm";
import should from "should";

type Validator = (this: unknown, value: unknown, options: object) => true | string;

/** The functions of the module that need no open form. */
interface FieldFunctions {
  readonly validators: Readonly<Record<string, Validator>>;
  readonly label: (groups: unknown, port: unknown) => string;
  readonly relayLabel: (groups: unknown, bindGroup: unknown, echo: unknown, port: unknown) => string;
  readonly isVariable: (value: unknown) => boolean;
  readonly entriesOf: (list: unknown) => readonly unknown[];
}

// The module uses jQuery, so the test takes it from the script that the forms load, as an editor without a catalogue runs it.
function loadFields(): FieldFunctions {
  const context = createContext({ RED: { _: (key: string) => key } });
  runInContext(readFileSync("resources/mcast.js", "utf8"), context);
  return runInContext("mcast", context);
}

const VARIABLE = "$" + "{GROUP}";

describe("the fields of the forms", () => {
  let fields: FieldFunctions;
  before(() => {
    fields = loadFields();
  });

  it("label a node with its first group and port, and the number of other groups", () => {
    const { label } = fields;
    should(label(["239.255.1.1"], 5000)).equal("239.255.1.1:5000");
    should(label(["ff02::1", "239.255.1.1", "239.255.1.2"], "5000")).equal("[ff02::1]:5000 +2");
    should(label("239.255.1.1, 239.255.1.2", "")).equal("239.255.1.1 +1");
    should(label([], 5000)).equal("");
  });

  it("label a relay with the groups that it echoes and its bind group", () => {
    const { relayLabel } = fields;
    const rows = [{ group: "239.255.1.1", echo: true }, { group: "239.255.1.2", echo: false }, "239.255.1.3"];
    should(relayLabel(rows, "239.255.1.9", "unchanged", 5000)).equal("239.255.1.1 +1 > 239.255.1.9:5000");
  });

  it("label a relay that echoes nothing as a node that receives", () => {
    const { relayLabel } = fields;
    const rows = [{ group: "239.255.1.9", echo: true }];
    should(relayLabel(rows, "239.255.1.9", "unchanged", 5000)).equal("239.255.1.9:5000");
    should(relayLabel([{ group: "239.255.1.1", echo: true }], "239.255.1.9", "off", 5000)).equal("239.255.1.1:5000");
  });

  it("know an environment variable from a text that only holds one", () => {
    should([VARIABLE, `a ${VARIABLE}`, "GROUP", 5].map(fields.isVariable)).deepEqual([true, false, false, false]);
  });

  it("read a list from an array or from one string, without blank entries", () => {
    should([...fields.entriesOf(["a", "", "b"])]).deepEqual(["a", "b"]);
    should([...fields.entriesOf("a, b  c")]).deepEqual(["a", "b", "c"]);
    should([...fields.entriesOf(undefined)]).be.empty();
  });

  it("accept a list with environment variables, and check its other entries", () => {
    const { groups } = fields.validators;
    should(groups?.([VARIABLE], {})).be.true();
    should(groups?.([VARIABLE, "239.255.1.1"], {})).be.true();
    should(groups?.([VARIABLE, "10.0.0.1"], {}))
      .be.a.String()
      .and.match(/10\.0\.0\.1/);
  });
});
