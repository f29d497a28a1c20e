import should from "should";
import { hearLabel, recvLabel, sayLabel } from "../../src/editor/node-labels";
import { closeWorkspace, openWorkspace } from "../support/workspace";

const variable = (name: string) => `\${${name}}`;

describe("the label of a node", () => {
  beforeEach(() => openWorkspace([], []));
  after(closeWorkspace);

  it("is the first group and the port, and the number of other groups", () => {
    should(recvLabel({ groups: ["239.255.1.1"], port: 5000 })).equal("239.255.1.1:5000");
    should(recvLabel({ groups: ["ff02::1", "239.255.1.1", "239.255.1.2"], port: "5000" })).equal("[ff02::1]:5000 +2");
    should(recvLabel({ groups: "239.255.1.1, 239.255.1.2", port: "" })).equal("239.255.1.1 +1");
    should(recvLabel({ groups: [], port: 5000 })).equal("");
  });

  it("of a node that sends is empty where the message sets the group", () => {
    should(sayLabel({ group: "239.255.1.1", port: 5000 })).equal("239.255.1.1:5000");
    should(sayLabel({ group: "239.255.1.1", port: "" })).equal("239.255.1.1");
    should(sayLabel({ group: "", port: 5000 })).equal("");
  });

  it("names the place of a value from elsewhere", () => {
    should(sayLabel({ group: "where.to", groupType: "flow", port: "p", portType: "msg" })).equal("flow.where.to:msg.p");
    should(sayLabel({ group: "GROUP", groupType: "env", port: 5000, portType: "str" })).equal(`${variable("GROUP")}:5000`);
  });

  it("of a relay is the groups that it echoes and its bind group", () => {
    const groups = [{ group: "239.255.1.1", echo: true }, { group: "239.255.1.2", echo: false }, "239.255.1.3"];
    should(hearLabel({ groups, group: "239.255.1.9", echo: "unchanged", port: 5000 })).equal("239.255.1.1 +1 > 239.255.1.9:5000");
  });

  it("of a relay that echoes nothing is that of a node that receives", () => {
    const groups = [{ group: "239.255.1.9", echo: true }];
    should(hearLabel({ groups, group: "239.255.1.9", echo: "unchanged", port: 5000 })).equal("239.255.1.9:5000");
    should(hearLabel({ groups, group: "239.255.1.1", echo: "off", port: 5000 })).equal("239.255.1.9:5000");
  });

  it("has the value of an environment variable that the editor knows, the nearest one first", () => {
    const env = (name: string, value: string, type = "str") => ({ env: [{ name, value, type }] });
    openWorkspace(
      [
        { id: "tab", ...env("PORT", "5000", "num") },
        { id: "other", ...env("GROUP", "239.255.9.9") },
      ],
      [],
      {
        configs: [{ type: "global-config", ...env("GROUP", "239.255.1.1, 239.255.1.2") }],
        groups: { inner: { id: "inner", g: "outer" }, outer: { id: "outer", ...env("PORT", "6000") } },
      },
    );
    const [groups, port] = [[variable("GROUP")], variable("PORT")];
    should(recvLabel({ z: "tab", groups, port })).equal("239.255.1.1:5000 +1");
    should(recvLabel({ z: "tab", g: "inner", groups, port })).equal("239.255.1.1:6000 +1");
    should(sayLabel({ z: "tab", group: "GROUP", groupType: "env", port })).match(/^239\.255\.1\.1/);
  });

  it("has the name of an environment variable that only the runtime knows", () => {
    openWorkspace([{ id: "tab", env: [{ name: "GROUP", value: "1 + 1", type: "jsonata" }] }], []);
    const [group, port] = [variable("GROUP"), variable("PORT")];
    should(recvLabel({ z: "tab", groups: [group], port })).equal(`${group}:${port}`);
    should(hearLabel({ z: "tab", groups: ["239.255.1.1"], group, port })).equal(`239.255.1.1 > ${group}:${port}`);
  });
});
