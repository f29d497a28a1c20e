import should from "should";
import type { Finding } from "../../src/lib/diagnostics/finding";
import { freePort, LO, ownGroup } from "../support/loopback";
import { RunningNodeRed } from "../support/running-node-red";

// The fields with which Node-RED's own editor requests a token.
const EDITOR = { client_id: "node-red-editor", grant_type: "password", scope: "" };
const PASSWORD = "a password";

describe("the doctor's route", function () {
  this.timeout(30_000);
  let running: RunningNodeRed;
  before(async () => {
    const password: string = require("bcryptjs").hashSync(PASSWORD, 4);
    const users = ["mcast.read", "mcast.write"].map((permissions) => ({ username: permissions, password, permissions }));
    running = await RunningNodeRed.start([], { settings: { adminAuth: { type: "credentials", users } } });
  });
  after(() => running.stop());

  const tokenOf = async (username: string): Promise<string> => {
    const body = new URLSearchParams({ ...EDITOR, username, password: PASSWORD });
    const response = await fetch(`${running.url}auth/token`, { method: "POST", body });
    const { access_token: token }: { readonly access_token: string } = JSON.parse(await response.text());
    return token;
  };
  const post = async (body: object, user = "mcast.write") =>
    fetch(`${running.url}mcast/doctor`, {
      method: "POST",
      headers: { authorization: `Bearer ${await tokenOf(user)}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });

  it("gives the findings about a group, port and interface", async () => {
    const [group, port] = [ownGroup(), await freePort()];
    const response = await post({ group, port, iface: LO });
    should(response.status).equal(200);
    const findings: readonly Finding[] = JSON.parse(await response.text());
    const found = findings.find(({ id }) => id === "self-test");
    should(found).containEql({ level: "ok" });
    should(found?.link).match(/^https:.*troubleshooting\.md#self-test$/);
    should(found?.details).containEql({ interface: "lo", group, port });
  });

  it("needs the permission to write", async () => {
    should((await post({ iface: LO }, "mcast.read")).status).equal(401);
    should((await fetch(`${running.url}mcast/doctor`, { method: "POST" })).status).equal(401);
  });

  it("takes blank fields for the defaults, and refuses invalid ones", async () => {
    should((await post({ group: "", port: "", iface: LO })).status).equal(200);
    const response = await post({ group: "10.0.0.1" });
    should(response.status).equal(400);
    should(await response.json()).match({ message: /multicast/ });
  });

  it("runs one at a time", async () => {
    const body = { group: ownGroup(), port: await freePort(), iface: LO };
    const responses = await Promise.all([post(body), post(body), post(body)]);
    const statuses = responses.map(({ status }) => status);
    should(statuses).containEql(200);
    should(statuses.every((status) => status === 200 || status === 429)).be.true();
  });
});
