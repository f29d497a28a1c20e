import should from "should";
import { checkFields, checkListener, readSignal } from "../../../src/lib/api/checked-fields";
import { JOIN_NAMES, SEND_NAMES } from "../../../src/lib/api/fields";

describe("the check of fields", () => {
  const refusal = (fields: object, names = SEND_NAMES): string => {
    try {
      checkFields(fields, names);
    } catch (error) {
      return String(error);
    }
    return "none";
  };

  it("names the nearest known property of one that is not known", () => {
    should(() => checkFields({ group: "239.255.1.1", tll: 1 }, SEND_NAMES)).throw("Unknown property 'tll': did you mean ttl?", {
      code: "ERR_MCAST_OPTION",
    });
    for (const [wrong, right] of [
      ["Port", "port"],
      ["interface", "iface"],
      ["loopBack", "loopback"],
      ["grup", "group"],
      ["source_port", "sourcePort"],
    ]) {
      should(refusal({ [wrong ?? ""]: 1 })).endWith(`Unknown property '${wrong}': did you mean ${right}?`);
    }
  });

  it("lists the known properties where none is near", () => {
    should(refusal({ timeout: 1 })).endWith(`Unknown property 'timeout': valid are ${SEND_NAMES.join(", ")}`);
    should(refusal({ "": 1 })).endWith(`valid are ${SEND_NAMES.join(", ")}`);
    should(refusal({ host: 1 })).containEql("valid are"); // two of its four letters are those of port
    should(refusal({ x: 1 }, JOIN_NAMES)).endWith(`valid are ${JOIN_NAMES.join(", ")}`);
  });

  it("refuses an unknown property whatever its value, and a very long one at once", () => {
    should(refusal({ tll: undefined })).containEql("did you mean ttl?");
    should(refusal({ ["t".repeat(1_000_000)]: 1 }).length).be.below(300);
  });

  it("reads properties that fields inherit, and refuses unknown ones among them", () => {
    const base = { group: "239.255.1.1", iface: "lo" };
    should(checkFields(Object.assign(Object.create(base), { port: 5000 }), SEND_NAMES)).deepEqual({ ...base, port: 5000 });
    should(refusal(Object.create({ tll: 1 }))).containEql("did you mean ttl?");
  });

  it("reads the getters of a class, which a loop over the properties does not see", () => {
    class Settings {
      readonly group = "239.255.1.1";
      get key(): string {
        return "the key";
      }
    }
    should(checkFields(new Settings(), SEND_NAMES)).deepEqual({ group: "239.255.1.1", key: "the key" });
  });

  it("refuses a value that is not an object, such as a group alone", () => {
    const text: object = Object("239.255.1.1").valueOf();
    should(refusal(text)).endWith("fields must be of type object, not 239.255.1.1");
    should(refusal([])).endWith("fields must be of type object, not []");
    should(() => checkFields([], SEND_NAMES, "to")).throw("to must be of type object, not []");
  });

  it("refuses a listener without the function that it needs", () => {
    checkListener({ onDatagram: () => {} }, "onDatagram");
    should(() => checkListener({ onData: () => {} }, "onDatagram")).throw("listener.onDatagram must be of type function, not undefined");
    const callback: object = () => {};
    should(() => checkListener(callback, "onDatagram")).throw(/^listener must be of type object, not /);
    checkListener({});
    should(() => checkListener({ onState: "joined" })).throw("listener.onState must be of type function, not joined");
    should(() => checkListener({ label: 5 })).throw("listener.label must be of type string, not 5");
  });

  it("takes a signal of any realm, and refuses other values", () => {
    const { signal } = new AbortController();
    should(readSignal(signal)).equal(signal);
    should(readSignal(undefined)).equal(undefined);
    const foreign = { aborted: false, addEventListener: () => {}, removeEventListener: () => {} };
    should(readSignal(foreign)).equal(foreign);
    should(() => readSignal("SIGINT")).throw("signal must be of type AbortSignal, not SIGINT", { code: "ERR_MCAST_OPTION" });
  });
});
