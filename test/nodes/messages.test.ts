import should from "should";
import { McastError } from "../../src/lib/errors";
import { type Catalogue, toMcastError, translate } from "../../src/nodes/messages";
import { english } from "../support/catalogue";

const keys: Catalogue = (key) => `mcast.${key}`; // returns the key, as Node-RED does for a missing text

describe("a translated error", () => {
  it("has the text of the catalogue, and keeps everything else", () => {
    const error = new McastError("interface-absent", { interface: "eth0" });
    const catalogue: Catalogue = (key, details) => `${key}: ${JSON.stringify(details)}`;
    const translated = translate(error, catalogue);
    should(translated).containEql({ code: "ERR_MCAST_INTERFACE", reason: "interface-absent", details: { interface: "eth0" } });
    should(translated.message).equal('reason.interface-absent: {"interface":"eth0"}');
  });

  it("names a property by the label of its field, if it has one", () => {
    const catalogue: Catalogue = (key, details) => (key === "label.maxRate" ? "Echos/s" : `${key}: ${JSON.stringify(details)}`);
    const labelOf = (property: string): unknown => {
      const { message } = translate(new McastError("boolean", { property, value: "x" }), catalogue);
      return JSON.parse(message.slice(message.indexOf("{"))).label;
    };
    should(labelOf("maxRate")).equal("Echos/s");
    should(translate(new McastError("boolean", { property: "maxQueued", value: "x" }), keys).message).startWith("maxQueued must be");
  });

  it("has a singular", () => {
    const texts = [1, 2].map((count) => translate(new McastError("unsent", { count }), english).message);
    should(texts).match([/^1 message was not sent or got no reply in time/, /^2 messages were not sent or got no replies in time/]);
  });

  it("keeps its English message where the catalogue has no text", () => {
    const error = new McastError("interface-absent", { interface: "eth0" });
    should(translate(error, keys)).equal(error);
  });

  it("is an Error with a short message, whatever was thrown", () => {
    const thrown = new Error("first line\nsecond line");
    should(translate(thrown, keys)).containEql({ message: "first line", cause: thrown });
    should(translate("text", keys)).be.an.Error().and.containEql({ message: "text" });
  });
});

describe("an error of an input handler", () => {
  it("stays as it is where it is a McastError", () => {
    const error = new McastError("port-missing");
    should(toMcastError(error)).equal(error);
  });

  it("is a McastError with its cause where it is anything else", () => {
    const cause = new TypeError("foreign");
    should(toMcastError(cause)).be.instanceof(McastError).and.containEql({ reason: "message-odd", code: "ERR_MCAST_OPTION", cause });
  });

  it("is a McastError although reading the class of the thrown value throws", () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    should(toMcastError(proxy)).containEql({ reason: "message-odd" });
  });
});
