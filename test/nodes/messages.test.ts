import should from "should";
import { McastError } from "../../src/lib/errors";
import { CLOSED, stateOf } from "../../src/lib/state";
import { type Catalogue, statusOf, toMcastError, translate } from "../../src/nodes/messages";

const keys: Catalogue = (key) => `mcast.${key}`; // returns the key, as Node-RED does for a missing text

describe("the status of a state", () => {
  const absent = new McastError("interface-absent", { interface: "eth0" });
  const refused = new McastError("bind-refused", { port: 5000, errno: "EIO" });
  const warning = new McastError("relay-held", { count: 1, most: 5 });

  for (const [claim, state, status] of [
    ["is green with the interfaces that are joined", stateOf(["lo"], []), { fill: "green", shape: "dot", text: "239.255.1.1:5000 lo" }],
    ["names two interfaces", stateOf(["eth7", "eth8"], []), { fill: "green", shape: "dot", text: "239.255.1.1:5000 eth7, eth8" }],
    [
      "counts more than two interfaces",
      stateOf(["eth7", "eth8", "eth9"], []),
      { fill: "green", shape: "dot", text: "239.255.1.1:5000 eth7 +2" },
    ],
    ["is yellow with the warning", stateOf(["lo"], [], { warnings: [warning] }), { fill: "yellow", shape: "ring", text: warning.message }],
    ["is yellow with the reason to wait", stateOf([], [absent]), { fill: "yellow", shape: "ring", text: absent.message }],
    [
      "has a warning rather than the reason to wait",
      stateOf(["lo"], [absent], { warnings: [warning] }),
      { fill: "yellow", shape: "ring", text: warning.message },
    ],
    ["is red with the reason of a refusal", stateOf([], [refused]), { fill: "red", shape: "ring", text: refused.message }],
    ["is empty for a closed state", CLOSED, {}],
  ] as const) {
    it(claim, () => should(statusOf(state, "239.255.1.1:5000", keys)).deepEqual(status));
  }
});

describe("a translated error", () => {
  it("has the text of the catalogue, and keeps everything else", () => {
    const error = new McastError("interface-absent", { interface: "eth0" });
    const catalogue: Catalogue = (key, details) => `${key}: ${JSON.stringify(details)}`;
    const translated = translate(error, catalogue);
    should(translated).containEql({ code: "ERR_MCAST_INTERFACE", reason: "interface-absent", details: { interface: "eth0" } });
    should(translated.message).equal('reason.interface-absent: {"interface":"eth0"}');
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

  it("is a McastError although what was thrown cannot even be asked for its class", () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    should(toMcastError(proxy)).containEql({ reason: "message-odd" });
  });
});
