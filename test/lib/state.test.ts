import should from "should";
import { McastError } from "../../src/lib/errors";
import { CLOSED, combineStates, type State, sameState, stateOf } from "../../src/lib/state";

describe("a state", () => {
  const absent = new McastError("interface-absent", { interface: "eth1" });
  const refused = new McastError("bind-refused", { port: 5000, errno: "EIO" });
  const warning = new McastError("relay-held", { count: 1, most: 5 });

  it("is joined where nothing is missing", () => {
    should(stateOf(["eth0"], [undefined])).deepEqual({ kind: "joined", interfaces: ["eth0"], warnings: [], standBy: [] });
  });

  it("is waiting where an interface is missing, whether another works or not", () => {
    for (const interfaces of [[], ["eth0"]]) {
      should(stateOf(interfaces, [absent])).deepEqual({ kind: "waiting", interfaces, reason: absent, warnings: [], standBy: [] });
    }
  });

  it("is refused where the system refuses and no interface works, and waiting where one does", () => {
    should(stateOf([], [refused])).deepEqual({ kind: "refused", reason: refused });
    should(stateOf(["eth0"], [refused])).deepEqual({ kind: "waiting", interfaces: ["eth0"], reason: refused, warnings: [], standBy: [] });
  });

  it("has the refusal as its reason although a missing interface comes first", () => {
    should(stateOf([], [absent, refused])).deepEqual({ kind: "refused", reason: refused });
  });

  it("names every missing interface, each once", () => {
    const both = stateOf([], [absent, new McastError("interface-absent", { interface: "wlan0" }), absent]);
    should(both).have.propertyByPath("reason", "message").equal("waiting for eth1, wlan0");
    should(combineStates([both, stateOf(["eth0"], [absent])]))
      .have.propertyByPath("reason", "details", "interface")
      .equal("eth1, wlan0");
  });

  it("names missing interfaces up to the length of any value in a message", () => {
    const absentOnes = Array.from({ length: 4096 }, (_, at) => new McastError("interface-absent", { interface: `tap${at}` }));
    const { message } = Object(stateOf([], absentOnes)).reason;
    should(message).startWith("waiting for tap0, tap1, tap2").and.endWith("...");
    should(message.length).be.belowOrEqual("waiting for ".length + 60);
  });

  it("is never refused because of a warning", () => {
    should(stateOf(["eth0"], [], { warnings: [warning] })).deepEqual({
      kind: "joined",
      interfaces: ["eth0"],
      warnings: [warning],
      standBy: [],
    });
    should(stateOf([], [absent], { warnings: [warning] })).containEql({ kind: "waiting", warnings: [warning] });
  });

  it("of several has every interface once, the most important reason, and each warning once", () => {
    const other = new McastError("send-dropped", { count: 1 });
    const states: readonly State[] = [
      stateOf(["eth0", "eth1"], [absent], { warnings: [warning] }),
      stateOf(["eth1", "eth2"], [refused]),
      stateOf(["eth0"], [], { warnings: [warning] }),
    ];
    should(combineStates(states, [warning, other])).deepEqual({
      kind: "waiting",
      interfaces: ["eth0", "eth1", "eth2"],
      reason: refused,
      warnings: [warning, other],
      standBy: [],
    });
  });

  it("of several names each interface that stands by once", () => {
    const standBy = [{ interface: "wlan0", insteadOf: "eth0" }];
    const states = ["239.255.1.1", "239.255.1.2"].map(() => stateOf(["eth0"], [], { standBy }));
    should(combineStates(states)).deepEqual({ kind: "joined", interfaces: ["eth0"], warnings: [], standBy });
    should(sameState(combineStates(states), stateOf(["eth0"], []))).be.false();
  });

  it("of several ignores those that are closed, and is closed where all are", () => {
    should(combineStates([CLOSED, stateOf(["eth0"], [])])).containEql({ kind: "joined", interfaces: ["eth0"] });
    should(combineStates([CLOSED, CLOSED])).deepEqual({ kind: "closed" });
    should(combineStates([])).deepEqual({ kind: "closed" });
  });

  it("is the same as another where a reader sees no difference", () => {
    const joined = stateOf(["eth0"], []);
    should(sameState(joined, stateOf(["eth0"], []))).be.true();
    for (const other of [stateOf(["eth1"], []), stateOf(["eth0"], [absent]), stateOf(["eth0"], [], { warnings: [warning] }), CLOSED]) {
      should(sameState(joined, other)).be.false();
    }
    const again = new McastError("interface-absent", { interface: "eth1" });
    should(sameState(stateOf([], [absent]), stateOf([], [again]))).be.true();
  });
});
