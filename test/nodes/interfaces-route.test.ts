import should from "should";
import { useFlowNodes } from "../support/flow-nodes";
import { LO } from "../support/loopback";
import { deploy, helper } from "../support/node-red";
import { RunningNodeRed } from "../support/running-node-red";

// The fields with which Node-RED's own editor requests a token.
const EDITOR = { client_id: "node-red-editor", grant_type: "password", scope: "" };
const PASSWORD = "a password";
const PERMISSIONS = { everything: "*", reading: "read", "its own permission": "mcast.read", "the flows alone": "flows.read" } as const;

describe("the interfaces route of a Node-RED with users", function () {
  this.timeout(30_000);
  let running: RunningNodeRed;
  before(async () => {
    const password: string = require("bcryptjs").hashSync(PASSWORD, 4);
    const users = Object.values(PERMISSIONS).map((permissions) => ({ username: permissions, password, permissions }));
    running = await RunningNodeRed.start([], { settings: { adminAuth: { type: "credentials", users } } });
  });
  after(() => running.stop());

  const interfaces = (headers: Readonly<Record<string, string>> = {}) => fetch(`${running.url}mcast/interfaces`, { headers });

  const tokenOf = async (username: string): Promise<string> => {
    const body = new URLSearchParams({ ...EDITOR, username, password: PASSWORD });
    const response = await fetch(`${running.url}auth/token`, { method: "POST", body });
    should(response.status).equal(200);
    const { access_token: token }: { readonly access_token: string } = JSON.parse(await response.text());
    return token;
  };

  it("refuses a request without a token", async () => {
    should((await interfaces()).status).equal(401);
  });

  it("refuses a request with an invented token", async () => {
    should((await interfaces({ authorization: "Bearer made-up" })).status).equal(401);
  });

  for (const [what, permission] of Object.entries(PERMISSIONS)) {
    const may = permission !== "flows.read";
    it(`${may ? "serves" : "refuses"} a user with the permission for ${what}`, async () => {
      const response = await interfaces({ authorization: `Bearer ${await tokenOf(permission)}` });
      should(response.status).equal(may ? 200 : 401);
      if (may) should(await response.text()).containEql(`"address":"${LO}"`);
      else should(await response.text()).not.containEql(LO);
    });
  }

  it("is requested by the forms with jQuery, which adds the token, and below the editor's own address", async () => {
    const script = await (await fetch(`${running.url}resources/@mcast/node-red-mcast/mcast.js`)).text();
    should(script).match(/\$\.getJSON\("mcast\/interfaces"/);
    should(script).not.match(/\bfetch\(|XMLHttpRequest/);
  });
});

describe("the interfaces route", () => {
  const { say, recv } = useFlowNodes();

  it("gives the editor the interfaces of the host, although several nodes register it", async () => {
    await deploy(say("say"), recv("recv"));
    const { body } = await helper.request().get("/mcast/interfaces").expect(200);
    const lo = body.find((each: { name: string }) => each.name === "lo");
    should(lo).containEql({ name: "lo", internal: true, wireless: false, usable: false, reason: "loopback" });
    should(lo.addresses).containEql({ address: LO, family: "IPv4", cidr: "127.0.0.1/8" });
  });

  it("gives the result of a choice of interfaces for one group or several", async () => {
    await deploy(recv("recv"));
    const choose = (iface: string, group: string) => helper.request().get("/mcast/interfaces").query({ iface, group });
    const { body } = await choose("lo, eth77", "239.255.1.1,239.255.1.2").expect(200);
    should(body).deepEqual({
      names: [{ name: "lo", address: LO }],
      standBy: [],
      missing: [{ reason: "interface-absent", details: { interface: "eth77" } }],
    });
  });

  it("refuses a choice or a group that is not valid with the reason", async () => {
    await deploy(recv("recv"));
    const { body } = await helper.request().get("/mcast/interfaces").query({ iface: "all, lo", group: "239.255.1.1" }).expect(400);
    should(body).containEql({ code: "ERR_MCAST_OPTION" });
    await helper.request().get("/mcast/interfaces").query({ iface: "all" }).expect(400);
  });
});
