import should from "should";
import { LO } from "../support/loopback";
import { RunningNodeRed } from "../support/running-node-red";

// As Node-RED's own editor, which adds the token to what is asked for by jQuery.
const EDITOR = { client_id: "node-red-editor", grant_type: "password", scope: "" };
const PASSWORD = "a password";
const PERMISSIONS = { everything: "*", reading: "read", "its own permission": "mcast.read", "the flows alone": "flows.read" } as const;

describe("the interfaces, where Node-RED asks who is there", function () {
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

  it("are not for who has no token", async () => {
    should((await interfaces()).status).equal(401);
  });

  it("are not for who has made one up", async () => {
    should((await interfaces({ authorization: "Bearer made-up" })).status).equal(401);
  });

  for (const [what, permission] of Object.entries(PERMISSIONS)) {
    const may = permission !== "flows.read";
    it(`are ${may ? "" : "not "}for a user who may have ${what}`, async () => {
      const response = await interfaces({ authorization: `Bearer ${await tokenOf(permission)}` });
      should(response.status).equal(may ? 200 : 401);
      if (may) should(await response.text()).containEql(`"address":"${LO}"`);
      else should(await response.text()).not.containEql(LO);
    });
  }

  it("are asked for by the forms in the way that brings the token, below the editor's own address", async () => {
    const script = await (await fetch(`${running.url}resources/@mcast/node-red-mcast/mcast.js`)).text();
    should(script).match(/\$\.getJSON\("mcast\/interfaces"/);
    should(script).not.match(/\bfetch\(|XMLHttpRequest/);
  });
});
