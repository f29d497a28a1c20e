import should from "should";
import { refuseUnsetVariables } from "../../src/nodes/unset-variables";
import { useFlowNodes } from "../support/flow-nodes";
import { LO } from "../support/loopback";
import { deploy, errors, input, statuses } from "../support/node-red";

describe("an environment variable that is not set", () => {
  const flow = useFlowNodes();
  const UNSET = `\${MCAST_TEST_UNSET}`;

  for (const [type, property, value, label] of [
    ["say", "group", UNSET, "Group"],
    ["say", "port", UNSET, "Port"],
    ["say", "iface", UNSET, "Interface"],
    ["say", "ttl", UNSET, "TTL"],
    ["recv", "groups", [UNSET], "Group"],
    ["recv", "groups", `239.255.1.1, ${UNSET}`, "Group"],
    ["recv", "iface", UNSET, "Interface"],
    ["recv", "iface", `${LO}, ${UNSET}`, "Interface"],
    ["hear", "groups", [{ group: UNSET, echo: true }], "Group"],
    ["hear", "group", UNSET, "Group"],
    ["hear", "echoIface", UNSET, "Echo interface"],
  ] as const) {
    it(`turns mcast-${type} red and names the variable, for ${property} ${JSON.stringify(value)}`, async () => {
      await deploy(flow[type]("node", { [property]: value }));
      const text = `${label}: ${UNSET} has no value`;
      should(statuses("node")).match([{ fill: "red", code: "refused", text }]);
      should(errors("node")).match([{ message: text }]);
    });
  }

  it("is not looked for in a value from elsewhere, which TypedInputValues reads, nor in text that contains one", () => {
    refuseUnsetVariables({ group: UNSET, groupType: "env", port: "", iface: "eth0, wlan0", groups: [`239.255.${UNSET}`], ttl: 1 });
  });

  it("fails each message of mcast-say", async () => {
    await deploy(flow.say("say", { iface: UNSET, ifaceType: "str" }));
    should(await input("say", { payload: "x" })).match({ code: "ERR_MCAST_OPTION", message: `Interface: ${UNSET} has no value` });
  });
});
