import { runInNewContext } from "node:vm";
import should from "should";
import { errnoOf, McastError, messageOf, quote, REASONS, systemError } from "../../src/lib/errors";

describe("an error", () => {
  it("has the code of its reason, and a message with its details", () => {
    const error = new McastError("ttl-range", { value: 300, least: 0, most: 255 });
    should(error).containEql({ name: "McastError", code: "ERR_MCAST_TTL", message: "TTL 300 is out of range (0 to 255)" });
  });

  it("keeps everything but its message when it is translated", () => {
    const cause = new Error("the system's own");
    const error = new McastError("bind-refused", { port: 5000, errno: "EIO" }, cause);
    const { code, reason, details } = error;
    should(error.withMessage("übersetzt")).containEql({ message: "übersetzt", code, reason, details, cause });
    should(error.message).startWith("The system refused");
  });

  it("names a property in words that suit the library and the command", () => {
    const range = { least: 1, most: 10, value: "0" };
    should(new McastError("rate-range", { property: "maxRate", ...range }).message).equal("Max rate must be blank or 1 to 10, not 0");
    should(new McastError("port-range", { property: "sourcePort", value: "0" }).message).startWith("Source port must be a number");
    should(new McastError("boolean", { property: "loopback", value: "0" }).message).equal("loopback must be true or false, not 0");
  });

  it("leaves a blank that has no detail as it is", () => {
    should(new McastError("group-range").message).startWith("__value__ is not a multicast group");
  });
});

describe("the messages of the reasons", () => {
  it("begin with a capital, a value or a property, except for the states of waiting, which a status shows", () => {
    const lower = Object.entries(REASONS).filter(([, [, words]]) => !/^(\p{Lu}|__|msg\.)/u.test(words));
    should(new Set(lower.map(([, [code]]) => code))).deepEqual(new Set(["ERR_MCAST_INTERFACE"]));
  });
});

describe("the messages that a program or the command can get", () => {
  it("name nothing that only a node has: a property of a message, or a flow", () => {
    const ofNodes = Object.entries(REASONS).filter(([, [, words]]) => /\bmsg\.|\bflow\b/.test(words));
    should(ofNodes.map(([reason]) => reason)).deepEqual(["action-choice"]); // from the control input of mcast-recv
  });
});

describe("a refusal of the system", () => {
  const from = (step: "bind" | "join" | "send", code: string, port = 5000) =>
    systemError(step, Object.assign(new Error(), { code }), { port, interface: "eth0", group: "239.255.1.1" });

  it("has the reason of its errno at that step, and the errno itself where there is none", () => {
    should(from("bind", "EADDRINUSE").reason).equal("bind-held");
    should(from("send", "ENETUNREACH").message).equal("No network or no route on eth0");
    should(from("join", "ENETUNREACH").message).equal("The system refused to join 239.255.1.1 on eth0 (ENETUNREACH)");
  });

  it("blames missing privileges on ports below 1024 only", () => {
    should([from("bind", "EACCES", 80).reason, from("bind", "EACCES").reason]).deepEqual(["bind-privilege", "bind-refused"]);
  });

  it("has its errno also where the error is of another realm, as in the tests of Jest", () => {
    const foreign: unknown = runInNewContext('Object.assign(new Error("bind"), { code: "EADDRINUSE" })');
    const unlisted: unknown = runInNewContext('Object.assign(new Error(), { info: { code: "EAFNOSUPPORT" } })');
    should([errnoOf(foreign), errnoOf(unlisted)]).deepEqual(["EADDRINUSE", "EAFNOSUPPORT"]);
    should(systemError("bind", foreign, { port: 5000 }).reason).equal("bind-held");
    should(messageOf(foreign)).equal("bind");
  });

  it("is UNKNOWN where it has no errno", () => {
    should([errnoOf(undefined), errnoOf(new Error()), errnoOf({ code: "EIO" })]).deepEqual(["UNKNOWN", "UNKNOWN", "UNKNOWN"]);
  });
});

describe("a value in a message", () => {
  it("is short, on one line, and shows invisible characters by their code", () => {
    const quoted = [
      " a\u2028b\0\u001b[31mc ",
      "x".repeat(1_000_000),
      new Proxy([], { get: refuse }),
      Object.assign(() => 1, { toString: refuse }),
    ].map(quote);
    should(quoted).deepEqual(["a<U+2028>b<U+0000><U+001B>[31mc", `${"x".repeat(57)}...`, "an object", "a function"]);
  });
});

describe("the message of anything thrown", () => {
  it("is the first line of an error, else the value itself", () => {
    should([messageOf(new Error("one\ntwo")), messageOf("text"), messageOf(undefined)]).deepEqual(["one", "text", "undefined"]);
  });

  it("is unknown where reading it throws", () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    should(messageOf(proxy)).equal("unknown");
  });
});

function refuse(): never {
  throw new Error("it refuses");
}
