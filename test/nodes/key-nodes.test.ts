import type { NodeAPI } from "node-red";
import should from "should";
import { McastError } from "../../src/lib/errors";
import { createKey } from "../../src/lib/sealed/group-key";
import { readSealing } from "../../src/lib/sealed/sealing-options";
import { keyNodes, sealingOf } from "../../src/nodes/key-nodes";

describe("the key that a node has chosen", () => {
  const found = new Map<string, object>();
  const RED: Pick<NodeAPI, "nodes"> = Object.assign(Object.create(null), { nodes: { getNode: (id: string) => found.get(id) ?? null } });

  it("is none where the choice is blank or missing", () => {
    for (const id of ["", undefined, null]) should(sealingOf(RED, id)).equal(undefined);
  });

  it("is the one of the node with that id", () => {
    const sealing = readSealing({ key: createKey() });
    if (!sealing) throw new Error("no key was read");
    const node = {};
    found.set("key", node);
    keyNodes.set(node, sealing);
    should(sealingOf(RED, "key")).equal(sealing);
  });

  it("is refused where the node is absent, is of another kind, or has no valid key", () => {
    const broken = {};
    found.set("broken", broken).set("other", {});
    keyNodes.set(broken, new McastError("key-form"));
    should(() => sealingOf(RED, "broken")).throw({ reason: "key-form" });
    for (const id of ["absent", "other", 5])
      should(() => sealingOf(RED, id)).throw({ code: "ERR_MCAST_KEY", message: /^The chosen mcast key node is missing or disabled/ });
  });
});
