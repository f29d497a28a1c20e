import should from "should";
import { LO } from "../support/loopback";
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
