import should from "should";
import { Editor, noBrowser } from "../support/editor";
import { freePort, ownGroup } from "../support/loopback";
import { orSkip, type Release } from "../support/releases";
import { RunningNodeRed } from "../support/running-node-red";

/** What holds in the editor of a release of Node-RED, in a real browser; skipped, and said why, where there is none, save in CI. */
export function describeForms(title: string, wanted: () => Promise<Release | undefined>): void {
  describe(title, function () {
    this.timeout(30_000);
    let running: RunningNodeRed;
    let editor: Editor;
    let port: string;

    before(async function () {
      this.timeout(300_000); // the first time another release is fetched
      await orSkip(this, noBrowser === undefined ? Promise.resolve() : Promise.reject(new Error(noBrowser)));
      const release = await orSkip(this, wanted());
      running = await RunningNodeRed.start([], release && { release });
      editor = await Editor.open(running.url);
      port = String(await freePort());
    });
    after(async () => {
      await editor?.close();
      await running?.stop();
    });
    afterEach(async () => {
      if (await editor?.page.locator("#node-dialog-cancel").isVisible()) await editor.cancel();
    });

    it("a node that was dragged from the palette has a form without a fault, a label and its help", async () => {
      for (const [number, type] of ["mcast-say", "mcast-recv", "mcast-hear"].entries()) {
        const id = await editor.drop(type, 60 + 60 * number);
        await editor.edit(id);
        should(await editor.page.locator(".red-ui-tray .input-error").count()).equal(0);
        should(await editor.page.evaluate("$('.mcast-advanced').prop('open')")).be.false();
        should(await editor.page.locator(".red-ui-tray").innerText()).not.match(/mcast\.(label|hint|placeholder)/);
        await editor.done();
        should((await editor.node(id)).valid).be.true();
        should(await editor.page.locator(`[id="${id}"]`).textContent()).match(/224\.0\.0\.1:59559/);
        should(await editor.help(type)).match(/multicast group/);
      }
    });

    it("says under each field why its value won't do, and what a group's address means", async () => {
      await editor.edit(await editor.drop("mcast-say", 300));
      should(await editor.note("#node-input-group")).equal("every host on the link; never routed");
      await editor.type("#node-input-group", "192.168.1.5");
      should(await editor.note("#node-input-group")).match(/^192\.168\.1\.5 is not a multicast group/);
      await editor.type("#node-input-group", "239.1.2.3");
      should(await editor.note("#node-input-group")).equal("yours to choose from; stays within the organisation");
      await editor.type("#node-input-port", "70000");
      should(await editor.note("#node-input-port")).equal("Port must be a number from 1 to 65535, not 70000");
      await editor.type("#node-input-iface", "lo, eth77");
      should(await editor.note("#node-input-iface")).match(/^eth77 not found; the node will wait for it\. Available: [^ ]+ \(/);
    });

    it("says which interfaces the machine has", async () => {
      await editor.edit(await editor.drop("mcast-recv", 300));
      await editor.page.waitForFunction("$('#mcast-interfaces option[value=lo]').length > 0");
      should(await editor.note("#node-input-iface")).match(/^Available: [^ ]+ \([0-9a-f.:]+\)/);
    });

    it("says of each field that may be left blank that a message then brings it", async () => {
      await editor.edit(await editor.drop("mcast-say", 300));
      const placeholders = ["group", "port", "iface", "ttl"].map((name) =>
        editor.page.locator(`#node-input-${name}`).getAttribute("placeholder"),
      );
      should(await Promise.all(placeholders)).deepEqual(["from msg.group", "from msg.port", "from msg.iface", "from msg.ttl"]);
    });

    it("says of a group in a relay's list that it is there twice, or is the bind group, whose datagrams are not echoed", async () => {
      await editor.edit(await editor.drop("mcast-hear", 300));
      const note = () => editor.note("#mcast-groups .mcast-group");
      should(await note()).match(/^the bind group itself/);
      await editor.page.selectOption("#node-input-echo", "off");
      should(await note()).match(/^every host on the link/);
      await editor.page.selectOption("#node-input-echo", "hear");
      await editor.type("#node-input-iface", "eth0");
      should(await note()).match(/^the bind group itself/);
      await editor.type("#node-input-echoIface", "eth1");
      should(await note()).match(/^every host on the link/);
      await editor.type("#node-input-echoIface", "eth1, eth0");
      should(await note()).match(/^the bind group itself/);
      await editor.type("#node-input-group", "239.255.2.2");
      should(await note()).match(/^every host on the link/);
      await editor.page.locator(".red-ui-editableList-addButton").click();
      await editor.page.locator("#mcast-groups .mcast-group").nth(1).fill("224.0.0.1");
      await editor.page.locator("#mcast-groups .mcast-group").nth(1).blur();
      const notes = () => editor.page.locator("#mcast-groups .mcast-note").allInnerTexts();
      should(await notes()).deepEqual(["every host on the link; never routed", "is in the list already"]);
      await editor.dragToTop(1);
      should(await notes()).deepEqual(["every host on the link; never routed", "is in the list already"]);
    });

    it("calls a relay by where it leads from and to", async () => {
      const id = await editor.drop("mcast-hear", 300);
      await editor.edit(id);
      await editor.type("#mcast-groups .mcast-group", "239.255.1.1");
      await editor.type("#node-input-group", "239.255.2.2");
      await editor.done();
      should(await editor.page.locator(`[id="${id}"]`).textContent()).match(/239\.255\.1\.1 > 239\.255\.2\.2:59559/);
    });

    it("marks a node that was left with a mistake, and opens what is folded where the mistake is in it", async () => {
      const id = await editor.drop("mcast-say", 360);
      await editor.edit(id);
      await editor.page.locator(".mcast-advanced > summary").focus();
      await editor.page.keyboard.press("Enter");
      await editor.type("#node-input-ttl", "300");
      await editor.done();
      should((await editor.node(id)).valid).be.false();
      await editor.edit(id);
      should(await editor.page.locator("#node-input-ttl").isVisible()).be.true();
      should(await editor.note("#node-input-ttl")).equal("TTL 300 is out of range (0 to 255)");
      await editor.type("#node-input-ttl", "");
      await editor.done();
    });

    it("takes apart an endpoint that was pasted for a group", async () => {
      const id = await editor.drop("mcast-recv", 420);
      await editor.edit(id);
      await editor.type("#mcast-groups .mcast-group", "[ff02::1234]:5000");
      await editor.done();
      should(await editor.node(id)).containDeep({ groups: ["ff02::1234"], port: "5000", valid: true });
    });

    it("makes a row each of groups that were pasted into one", async () => {
      const id = await editor.drop("mcast-hear", 420);
      await editor.edit(id);
      await editor.page.locator("#mcast-groups .mcast-echo").uncheck();
      await editor.type("#mcast-groups .mcast-group", "239.255.1.1:5000, 239.255.1.2:5000 ff02::1234");
      await editor.done();
      const groups = ["239.255.1.1", "239.255.1.2", "ff02::1234"].map((group) => ({ group, echo: false }));
      should(await editor.node(id)).containDeep({ groups, port: "5000", valid: true });
    });

    it("says below a list of groups that it has none, until it has one", async () => {
      await editor.edit(await editor.drop("mcast-recv", 420));
      await editor.page.locator(".red-ui-editableList-item-remove").click();
      await editor.page.waitForFunction("$('.mcast-group').length === 0");
      should(await editor.note("#mcast-groups")).match(/^No group: set Group/);
      await editor.page.locator(".red-ui-editableList-addButton").click();
      await editor.type("#mcast-groups .mcast-group", "239.255.1.1");
      should(await editor.note("#mcast-groups")).equal("");
    });

    it("opens what is folded when another field makes a mistake of what is in it", async () => {
      await editor.edit(await editor.drop("mcast-recv", 420));
      const fold = editor.page.locator(".mcast-advanced > summary");
      await fold.press("Enter");
      await editor.type("#mcast-allow", "192.168.1.0/24");
      await fold.press("Enter");
      should(await editor.page.locator("#mcast-allow").isVisible()).be.false();
      await editor.type("#mcast-groups .mcast-group", "232.1.1.1");
      should(await editor.page.locator("#mcast-allow").isVisible()).be.true();
      should(await editor.note("#mcast-allow")).match(/^232\.1\.1\.1 is source-specific/);
    });

    it("keeps a list of groups as it was added to, taken from and dragged, and the ticks with it", async () => {
      const id = await editor.drop("mcast-hear", 480);
      await editor.edit(id);
      const add = editor.page.locator(".red-ui-editableList-addButton");
      const groups = editor.page.locator("#mcast-groups .mcast-group");
      for (const [row, group] of ["239.255.1.1", "239.255.1.2", "239.255.1.3"].entries()) {
        await add.click();
        await groups.nth(row + 1).fill(group);
      }
      await editor.page.locator("#mcast-groups .mcast-echo").nth(2).uncheck();
      await editor.page.locator(".red-ui-editableList-item-remove").first().click();
      await editor.page.waitForFunction("$('#mcast-groups .mcast-group').length === 3");
      await editor.dragToTop(2);
      await editor.done();
      should((await editor.node(id)).groups).deepEqual([
        { group: "239.255.1.3", echo: true },
        { group: "239.255.1.1", echo: true },
        { group: "239.255.1.2", echo: false },
      ]);
    });

    it("suggests the interfaces of the machine by name and address, one after the other", async () => {
      await editor.edit(await editor.drop("mcast-recv", 540));
      const options = () =>
        editor.page.locator("#mcast-interfaces option").evaluateAll((all) => all.map((each) => each.getAttribute("value")));
      await editor.page.waitForFunction("$('#mcast-interfaces option[value=lo]').attr('label')?.includes('127.0.0.1')");
      should(await options()).containDeep(["all", "default", "lo"]);
      await editor.page.fill("#node-input-iface", "192.168.1.5, ");
      should(await options()).containDeep(["192.168.1.5, lo"]);
      should(await options()).not.containEql("all");
    });

    it("keeps what was typed: text, choices, ticks and lists", async () => {
      const id = await editor.drop("mcast-recv", 600);
      await editor.edit(id);
      await editor.page.locator(".mcast-advanced > summary").click();
      await editor.type("#node-input-name", "mine");
      await editor.page.selectOption("#node-input-datatype", "json");
      await editor.type("#mcast-allow", "192.168.1.5, 10.0.0.0/8");
      await editor.type("#node-input-silence", "30");
      await editor.page.check("#node-input-control");
      await editor.done();
      const kept = { name: "mine", datatype: "json", allow: ["192.168.1.5", "10.0.0.0/8"], silence: "30", control: true, inputs: 1 };
      should(await editor.node(id)).containDeep({ ...kept, valid: true });
      await editor.edit(id);
      should(await editor.page.inputValue("#mcast-allow")).equal("192.168.1.5, 10.0.0.0/8");
      await editor.type("#mcast-groups .mcast-group", "232.1.1.1");
      should(await editor.note("#mcast-allow")).match(/^232\.1\.1\.1 is source-specific: allow single addresses/);
    });

    it("tells of core's udp in on the same port", async () => {
      const core = await editor.drop("udp in", 660);
      await editor.page.evaluate(`Object.assign(RED.nodes.node("${core}"), { port: "${port}", name: "older" })`);
      const id = await editor.drop("mcast-recv", 720);
      await editor.edit(id);
      await editor.type("#node-input-port", port);
      should(await editor.note("#node-input-port")).equal("the node older has the same port, and hears the groups of this one too");
      await editor.page.locator(".mcast-advanced > summary").click();
      await editor.page.check("#node-input-unicast");
      should(await editor.note("#node-input-port")).equal("takes what is sent to this machine on that port from the node older");
      await editor.cancel();
      const say = await editor.drop("mcast-say", 750);
      await editor.edit(say);
      await editor.type("#node-input-port", port);
      should(await editor.note("#node-input-port")).equal(""); // who only sends is in nobody's way
      await editor.page.locator(".mcast-advanced > summary").click();
      await editor.type("#node-input-sourcePort", "group");
      should(await editor.note("#node-input-sourcePort")).equal("takes what is sent to this machine on that port from the node older");
      await editor.cancel();
      await editor.page.evaluate(`RED.nodes.remove("${core}"); RED.nodes.remove("${id}"); RED.view.redraw(true)`);
    });

    it("deploys what was filled in, and shows the status on the node", async () => {
      const id = await editor.drop("mcast-recv", 780);
      const group = ownGroup();
      await editor.edit(id);
      await editor.type("#mcast-groups .mcast-group", group);
      await editor.type("#node-input-port", port);
      await editor.type("#node-input-iface", "lo");
      await editor.done();
      await editor.deploy();
      await editor.status(id, `${group}:${port} lo`);
    });

    it("imports an example, which runs at the press of its button", async () => {
      await editor.importExample("@mcast/node-red-mcast", "1 Does multicast work here");
      await editor.deploy();
      // The nodes tell how they stand once all of them are there.
      await editor.page.waitForFunction(
        "RED.nodes.filterNodes({ type: 'mcast-recv' }).some((node) => node.status?.text === '239.255.1.1:59559 lo')",
      );
      const button = await editor.page.evaluate<string>("RED.nodes.filterNodes({ type: 'inject' }).at(0).id");
      await running.press(button);
      await editor.page.evaluate("RED.sidebar.show('debug')");
      await editor.page.locator(".red-ui-debug-msg-name", { hasText: "received" }).first().waitFor();
    });

    for (const [locale, label, help, reason] of [
      ["de", "Schnittstelle", /Tritt Multicast-Gruppen bei/, "Port muss eine Zahl von 1 bis 65535 sein, nicht 70000"],
      ["fr", "Avancé", /Joint des groupes multicast/, "Port doit être un nombre de 1 à 65535, pas 70000"],
      ["es-ES", "Interfaz", /Se une a grupos multicast/, "Puerto debe ser un número de 1 a 65535, no 70000"],
      ["ja", "詳細設定", /マルチキャストグループに参加/, "ポートは 1～65535 の数値で指定してください (指定値: 70000)"],
      ["zh-CN", "接口", /加入组播组/, "端口必须是 1 至 65535 的数字，而不是 70000"],
    ] as const) {
      it(`speaks ${locale} to who reads it: labels, reasons and help`, async () => {
        const foreign = await Editor.open(running.url, locale);
        await foreign.edit(await foreign.drop("mcast-recv", 840));
        should(await foreign.page.locator(".red-ui-tray").innerText()).match(new RegExp(label));
        await foreign.type("#node-input-port", "70000");
        should(await foreign.note("#node-input-port")).equal(reason);
        await foreign.cancel();
        should(await foreign.help("mcast-recv")).match(help);
        should(foreign.complaints).be.empty();
        await foreign.close();
      });
    }

    it("has had nothing to complain of, and asked nobody but Node-RED", () => {
      should(editor.complaints).be.empty();
    });
  });
}
