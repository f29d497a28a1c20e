import { readFileSync } from "node:fs";
import { createContext, runInContext } from "node:vm";
import should from "should";

type Validator = (this: unknown, value: unknown, options: object) => true | string;

/** The functions of the module that need no open form. */
interface FieldFunctions {
  readonly validators: Readonly<Record<string, Validator>>;
  readonly isVariable: (value: unknown) => boolean;
  readonly entriesOf: (list: unknown) => readonly unknown[];
}

// The module uses jQuery, so the test takes it from the script that the forms load, as an editor without a catalogue runs it.
function loadFields(): FieldFunctions {
  const utils = {
    validatePropertyExpression: (place: string, options?: object) => place !== "a b" || (options !== undefined && "invalid"),
  };
  const context = createContext({ RED: { _: (key: string) => key, utils } });
  runInContext(readFileSync("resources/mcast.js", "utf8"), context);
  return runInContext("mcast", context);
}

const VARIABLE = "$" + "{GROUP}";

describe("the fields of the forms", () => {
  let fields: FieldFunctions;
  before(() => {
    fields = loadFields();
  });

  it("distinguish an environment variable from a text that contains one", () => {
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

  it("accept an empty list of groups where messages join them", () => {
    const { groups } = fields.validators;
    should(groups?.call({ control: true }, [], {})).be.true();
    should(groups?.call({ control: false }, [], {})).be.a.String();
  });

  it("leave to the runtime a value that comes from elsewhere, and check its place", () => {
    for (const [name, type] of [
      ["groupOrBlank", "groupType"],
      ["portOrBlank", "portType"],
      ["iface", "ifaceType"],
      ["ttl", "ttlType"],
    ] as const) {
      const validate = fields.validators[name];
      const value = name === "iface" ? "a,,b" : "a.b";
      should(validate?.call({ [type]: "flow" }, value, {})).be.true();
      should(validate?.call({ [type]: "msg" }, "a b", {})).equal("invalid");
      should(validate?.call({ [type]: "msg" }, "", {})).be.true();
      should(validate?.call({ [type]: "msg" }, VARIABLE, {})).be.true();
      should(validate?.call({ [type]: "env" }, "a b", {})).be.true();
      for (const fixed of [undefined, "", "str"]) should(validate?.call({ [type]: fixed }, value, {})).be.a.String();
    }
  });
});
