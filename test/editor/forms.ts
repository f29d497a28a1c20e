import should from "should";
import { Editor, noBrowser } from "../support/editor";
import { freePort, ownGroup } from "../support/loopback";
import { orSkip, type Release } from "../support/releases";
import { RunningNodeRed } from "../support/running-node-red";

// The visible texts of the open form with a contrast below 4.5 to 1 (WCAG 2.2, 1.4.3), each with its contrast.
const PALE_TEXTS = `(() => {
  const colorOf = (text) => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d");
    canvas.fillStyle = text;
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
    return { rgb: [red, green, blue], alpha: alpha / 255 };
  };
  const backgroundOf = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const { rgb, alpha } = colorOf(getComputedStyle(at).backgroundColor);
      if (alpha === 1) return rgb;
    }
    return [255, 255, 255];
  };
  const luminance = (rgb) => {
    const [red, green, blue] = rgb.map((part) => part / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const texts = $(".mcast-note, .mcast-chooser b, .mcast-chooser span, .mcast-form label, .mcast-form summary").filter(":visible").get();
  return texts.filter((element) => element.innerText.trim()).flatMap((element) => {
    const [one, other] = [luminance(colorOf(getComputedStyle(element).color).rgb), luminance(backgroundOf(element))];
    const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    return contrast < 4.5 ? [element.innerText + " " + contrast.toFixed(2)] : [];
  });
})()`;

// The choices of the open form's selects, and the labels, that are wider than their place.
const CUT_OFF = `(() => {
  const canvas = document.createElement("canvas").getContext("2d");
  const ARROW = 20;
  const choices = $(".mcast-form select:visible").get().flatMap((select) => {
    const style = getComputedStyle(select);
    canvas.font = style.font;
    const room = select.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - ARROW;
    return [...select.options].map(({ text }) => text).filter((text) => canvas.measureText(text).width > room);
  });
  const wide = $(".mcast-form label:visible, .mcast-note:visible").get().filter((element) => element.scrollWidth > element.clientWidth + 1);
  const body = $(".red-ui-tray-body").last().get(0);
  return [...choices, ...wide.map((element) => element.innerText), ...(body.scrollWidth > body.clientWidth ? ["the form"] : [])];
})()`;

// The labels of a form whose field has slipped below them.
const SLIPPED = `$(".mcast-form .form-row:visible").get().flatMap((row) => {
  const label = row.querySelector(":scope > label:first-child");
  const fields = $(row).children("input, select, .red-ui-typedInput-container, button").filter(":visible").get();
  const isBelow = (field) => label && field.getBoundingClientRect().top >= label.getBoundingClientRect().bottom;
  return fields.some(isBelow) ? [label.innerText] : [];
})`;

// The fields of the open form into which a user can type.
const TEXT_FIELDS = ["text", "password"].map((type) => `.mcast-form input[type=${type}]:visible:not([readonly])`).join(", ");

/** Tests of the forms in the editor of a release of Node-RED, in a real browser. Skipped with the reason where there is none, except in CI. */
export function describeForms(title: string, wanted: () => Promise<Release | undefined>): void {
  describe(title, function () {
    this.timeout(30_000);
    let running: RunningNodeRed;
    let editor: Editor;
    let port: string;

    before(async function () {
      this.timeout(300_000); // another release is downloaded the first time
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
      for (const cancel of ["#node-config-dialog-cancel", "#node-dialog-cancel"]) {
        if (!(await editor?.page.locator(cancel).isVisible())) continue;
        await editor.page.click(cancel);
        await editor.page.waitForSelector(cancel, { state: "detached" });
      }
    });

    it("show a node dragged from the palette with a form without errors, a label and its help", async () => {
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

    it("take what is typed with the keys into every text field, and leave it with Tab", async () => {
      const typeIntoAll = async (form: string) => {
        const fields = editor.page.locator(TEXT_FIELDS);
        const count = await fields.count();
        for (let at = 0; at < count; at += 1) {
          const field = fields.nth(at);
          await field.press("Control+a");
          await editor.page.keyboard.type("ab 12");
          should(await field.inputValue()).equal("ab 12", `field ${at} of ${form}`);
          await editor.page.keyboard.press("Tab");
          should(await field.and(editor.page.locator(":focus")).count()).equal(0, `field ${at} of ${form}`);
        }
        return count;
      };
      for (const [at, [type, count]] of Object.entries({ "mcast-say": 7, "mcast-recv": 7, "mcast-hear": 11 }).entries()) {
        await editor.edit(await editor.drop(type, 300 + 60 * at));
        await editor.page.locator(".mcast-advanced > summary").click();
        if (type === "mcast-say") await editor.page.selectOption("#node-input-replies", "collect");
        should(await typeIntoAll(type)).equal(count);
        if (type === "mcast-hear") {
          await editor.editKey("add");
          should(await typeIntoAll("mcast-key")).equal(4);
          await editor.closeKey("cancel");
        }
        await editor.cancel();
      }
    });

    it("let the keyboard alone fill the list of groups: Tab moves on, the add button adds a row, Alt and the arrows move it", async () => {
      const id = await editor.drop("mcast-hear", 300);
      await editor.edit(id);
      const { keyboard } = editor.page;
      const tabTo = async (selector: string) => {
        for (let left = 12; (await editor.page.locator(`${selector}:focus`).count()) === 0; left -= 1) {
          if (left === 0) throw new Error(`Tab never comes to ${selector}`);
          await keyboard.press("Tab");
        }
      };
      await editor.page.locator("#node-input-name").focus();
      await tabTo("#mcast-groups .mcast-group");
      await keyboard.press("Control+a");
      await keyboard.type("239.255.1.1");
      await tabTo("#mcast-groups .mcast-echo");
      await keyboard.press("Space");
      await tabTo(".red-ui-editableList-addButton");
      await keyboard.press("Enter");
      await editor.page.waitForSelector("#mcast-groups li:nth-child(2) .mcast-group:focus");
      await keyboard.type("239.255.1.2");
      await keyboard.press("Alt+ArrowUp");
      await tabTo("#node-input-group");
      await keyboard.press("Control+a");
      await keyboard.type("239.255.2.2");
      await editor.done();
      const groups = [
        { group: "239.255.1.2", echo: true },
        { group: "239.255.1.1", echo: false },
      ];
      should(await editor.node(id)).containDeep({ group: "239.255.2.2", valid: true });
      should((await editor.node(id)).groups).deepEqual(groups);
    });

    it("show under each field why its value is not valid, and the meaning of a group's address", async () => {
      await editor.edit(await editor.drop("mcast-say", 300));
      should(await editor.note("#node-input-group")).equal("All hosts on the link; never routed");
      await editor.type("#node-input-group", "192.168.1.5");
      should(await editor.note("#node-input-group")).match(/^192\.168\.1\.5 is not a multicast group/);
      await editor.type("#node-input-group", "239.1.2.3");
      should(await editor.note("#node-input-group")).equal("Private range, organization-local");
      await editor.type("#node-input-port", "70000");
      should(await editor.note("#node-input-port")).equal("Port must be a number from 1 to 65535, not 70000");
      await editor.type("#node-input-iface", "lo, eth77");
      await editor.noted("#node-input-iface", /eth77 not found; the node will wait\. Available: [^ ]+ \(/);
    });

    it("show the interface of the choice under the field", async () => {
      await editor.edit(await editor.drop("mcast-recv", 300));
      await editor.noted("#node-input-iface", /^Will use [^ ]+ \([0-9a-f.:]+\)/);
      await editor.type("#node-input-iface", "lo");
      await editor.noted("#node-input-iface", /^Will use lo \(127\.0\.0\.1\)$/);
    });

    it("show the interface that is used and those that are missing, by name or by range", async () => {
      await editor.edit(await editor.drop("mcast-recv", 300));
      await editor.type("#node-input-iface", "lo, eth77");
      await editor.noted("#node-input-iface", /^Will use lo \(127\.0\.0\.1\); eth77 not found; the node will wait\. Available: [^ ]+ \(/);
      await editor.type("#node-input-iface", "eth77, 198.51.100.0/24, 127.0.0.0/8");
      await editor.noted(
        "#node-input-iface",
        /^Will use lo \(127\.0\.0\.1\); eth77, 198\.51\.100\.0\/24 not found; the node will wait\. Available: [^;]+$/,
      );
    });

    it("name in each field that may be left blank the property of the message that is used instead", async () => {
      await editor.edit(await editor.drop("mcast-say", 300));
      const placeholders = ["group", "port", "iface", "ttl"].map((name) => editor.field(`#node-input-${name}`).getAttribute("placeholder"));
      should(await Promise.all(placeholders)).deepEqual(["from msg.group", "from msg.port", "from msg.iface", "from msg.ttl"]);
    });

    it("take a value from elsewhere, as one of the types of Node-RED", async () => {
      const id = await editor.drop("mcast-say", 300);
      await editor.edit(id);
      await editor.source("#node-input-group", "flow");
      await editor.type("#node-input-group", "where.to");
      await editor.source("#node-input-port", "env variable");
      await editor.type("#node-input-port", "PORT");
      await editor.page.locator(".red-ui-tray .input-error").first().waitFor({ state: "detached" });
      await editor.done();
      const stored = { group: "where.to", groupType: "flow", port: "PORT", portType: "env", ifaceType: "str", ttlType: "str", valid: true };
      should(await editor.node(id)).containDeep(stored);
      await editor.page
        .locator(`[id="${id}"]`)
        .filter({ hasText: /flow\.where\.to:\$\{PORT\}/ })
        .waitFor();
    });

    it("take the name of an environment variable in braces or without", async () => {
      const id = await editor.drop("mcast-say", 300);
      await editor.edit(id);
      await editor.source("#node-input-group", "env variable");
      await editor.type("#node-input-group", `\${GROUP}`);
      should(await editor.field("#node-input-group").inputValue()).equal("GROUP");
      await editor.type("#node-input-group", `239.255.\${SITE}.1`);
      await editor.done();
      should(await editor.node(id)).containDeep({ group: `239.255.\${SITE}.1`, groupType: "env", valid: true });
    });

    it("mark a place from which no value can come", async () => {
      const id = await editor.drop("mcast-say", 300);
      await editor.edit(id);
      for (const type of ["msg", "flow", "global"]) {
        await editor.source("#node-input-group", type);
        await editor.type("#node-input-group", "a b[[");
        should(await editor.note("#node-input-group")).match(/^Invalid property expression: unexpected/);
        should(await editor.page.locator("#node-input-group + .input-error").count()).equal(1);
        await editor.type("#node-input-group", "a.b[0]");
        should(await editor.note("#node-input-group")).equal("");
        should(await editor.page.locator(".red-ui-tray .input-error").count()).equal(0);
      }
      await editor.type("#node-input-group", "a b[[");
      await editor.done();
      should((await editor.node(id)).valid).be.false();
      await editor.page.evaluate(`RED.nodes.remove("${id}"); RED.view.redraw(true)`); // the editor asks before it deploys such a node
    });

    it("read a node of an older version, which has no types", async () => {
      const id = await editor.drop("mcast-say", 300);
      await editor.page.evaluate(`for (const name of ["group", "port", "iface", "ttl"]) delete RED.nodes.node("${id}")[name + "Type"]`);
      await editor.edit(id);
      should(await editor.field("#node-input-group").inputValue()).equal("224.0.0.1");
      await editor.done();
      should(await editor.node(id)).containDeep({ group: "224.0.0.1", groupType: "str", valid: true });
    });

    it("save the defaults in place of the properties that a hand-written flow lacks", async () => {
      for (const [at, type] of ["mcast-say", "mcast-recv", "mcast-hear"].entries()) {
        const id = await editor.drop(type, 300 + 60 * at);
        await editor.page.evaluate(`for (const name in RED.nodes.node("${id}")._def.defaults) delete RED.nodes.node("${id}")[name]`);
        await editor.edit(id);
        await editor.done();
        const defaults = await editor.page.evaluate<Readonly<Record<string, unknown>>>(`
          Object.fromEntries(Object.entries(RED.nodes.node("${id}")._def.defaults).map(([name, { value }]) => [name, value]))`);
        const asTyped = (value: unknown) => (typeof value === "number" ? String(value) : value);
        for (const [name, value] of Object.entries(await editor.node(id))) {
          if (name in defaults) should(asTyped(value)).deepEqual(asTyped(defaults[name]), `${name} of ${type}`);
        }
        should((await editor.node(id)).valid).be.true();
      }
    });

    it("show the default of the output under the replies that an older flow has", async () => {
      const id = await editor.drop("mcast-say", 300);
      await editor.page.evaluate(`Object.assign(RED.nodes.node("${id}"), { replies: "output", outputs: 1, datatype: undefined })`);
      await editor.edit(id);
      should(await editor.page.inputValue("#node-input-datatype")).equal("buffer");
      await editor.done();
      should(await editor.node(id)).containDeep({ replies: "output", outputs: 1, datatype: "buffer", valid: true });
    });

    it("show in a relay's list that a group is listed twice, or is the echo target and so not echoed", async () => {
      await editor.edit(await editor.drop("mcast-hear", 300));
      const note = () => editor.note("#mcast-groups .mcast-group");
      should(await note()).match(/^Same as the echo target/);
      should(await editor.page.locator(".mcast-warning").count()).equal(0); // nobody has chosen that
      await editor.page.selectOption("#node-input-echo", "off");
      should(await note()).match(/^All hosts on the link/);
      await editor.page.selectOption("#node-input-echo", "hear");
      await editor.type("#node-input-iface", "eth0");
      should(await note()).match(/^Same as the echo target/);
      await editor.type("#node-input-echoIface", "eth1");
      should(await note()).match(/^All hosts on the link/);
      await editor.type("#node-input-echoIface", "eth1, eth0");
      should(await note()).match(/^Same as the echo target/);
      await editor.type("#node-input-group", "239.255.2.2");
      should(await note()).match(/^All hosts on the link/);
      await editor.page.locator(".red-ui-editableList-addButton").click();
      await editor.typeInto(editor.page.locator("#mcast-groups .mcast-group").nth(1), "224.0.0.1");
      const notes = () => editor.page.locator("#mcast-groups .mcast-note").allInnerTexts();
      should(await notes()).deepEqual(["All hosts on the link; never routed", "Already in the list"]);
      await editor.dragToTop(1);
      should(await notes()).deepEqual(["All hosts on the link; never routed", "Already in the list"]);
    });

    it("label a relay by its groups and its echo target", async () => {
      const id = await editor.drop("mcast-hear", 300);
      await editor.edit(id);
      await editor.type("#mcast-groups .mcast-group", "239.255.1.1");
      await editor.type("#node-input-group", "239.255.2.2");
      await editor.done();
      should(await editor.page.locator(`[id="${id}"]`).textContent()).match(/239\.255\.1\.1 > 239\.255\.2\.2:59559/);
    });

    it("mark a node with an invalid value, and unfold the section that contains it", async () => {
      const id = await editor.drop("mcast-say", 360);
      await editor.edit(id);
      await editor.page.locator(".mcast-advanced > summary").focus();
      await editor.page.keyboard.press("Enter");
      await editor.type("#node-input-ttl", "300");
      await editor.done();
      should((await editor.node(id)).valid).be.false();
      await editor.edit(id);
      should(await editor.field("#node-input-ttl").isVisible()).be.true();
      should(await editor.note("#node-input-ttl")).equal("TTL 300 is out of range (0 to 255)");
      await editor.type("#node-input-ttl", "");
      await editor.done();
    });

    it("split an endpoint that was pasted into a group field", async () => {
      const id = await editor.drop("mcast-recv", 420);
      await editor.edit(id);
      await editor.type("#mcast-groups .mcast-group", "[ff02::1234]:5000");
      await editor.done();
      should(await editor.node(id)).containDeep({ groups: ["ff02::1234"], port: "5000", valid: true });
    });

    it("note that a pasted group replaced the port, until the user types another one", async () => {
      await editor.edit(await editor.drop("mcast-say", 420));
      await editor.type("#node-input-group", "239.255.1.1:5000");
      should(await editor.field("#node-input-group").inputValue()).equal("239.255.1.1");
      should(await editor.field("#node-input-port").inputValue()).equal("5000");
      should(await editor.note("#node-input-port")).equal("Port of the pasted group; it replaced 59559");
      await editor.type("#node-input-port", "5001");
      should(await editor.note("#node-input-port")).equal("");
    });

    it("take the port of a pasted group instead of a value from elsewhere, and name the place of that", async () => {
      const id = await editor.drop("mcast-say", 420);
      await editor.edit(id);
      await editor.source("#node-input-port", "flow");
      await editor.type("#node-input-port", "where");
      await editor.type("#node-input-group", "239.255.1.1:5000");
      should(await editor.field("#node-input-port").inputValue()).equal("5000");
      should(await editor.note("#node-input-port")).equal("Port of the pasted group; it replaced flow.where");
      await editor.done();
      should(await editor.node(id)).containDeep({ group: "239.255.1.1", groupType: "str", port: "5000", portType: "str", valid: true });
    });

    it("give each of several groups that were pasted into one row its own row", async () => {
      const id = await editor.drop("mcast-hear", 420);
      await editor.edit(id);
      await editor.page.locator("#mcast-groups .mcast-echo").uncheck();
      await editor.type("#mcast-groups .mcast-group", "239.255.1.1:5000, 239.255.1.2:5000 ff02::1234");
      await editor.done();
      const groups = ["239.255.1.1", "239.255.1.2", "ff02::1234"].map((group) => ({ group, echo: false }));
      should(await editor.node(id)).containDeep({ groups, port: "5000", valid: true });
    });

    it("name the port that the endpoints replaced that were pasted into one row", async () => {
      await editor.edit(await editor.drop("mcast-recv", 420));
      await editor.type("#mcast-groups .mcast-group", "239.255.1.1:5000, 239.255.1.2:5000 [ff02::5%eth0]:5000");
      const rows = editor.page.locator("#mcast-groups .mcast-group");
      should(await rows.evaluateAll((all) => all.map((each) => Reflect.get(each, "value")))).deepEqual([
        "239.255.1.1",
        "239.255.1.2",
        "ff02::5%eth0",
      ]);
      should(await editor.note("#node-input-port")).equal("Port of the pasted group; it replaced 59559");
    });

    it("keep endpoints with different ports in one row, and say that a node has one port", async () => {
      const id = await editor.drop("mcast-recv", 420);
      await editor.edit(id);
      const pasted = "239.255.1.1:5000, 239.255.1.2:6000 [ff02::5%eth0]:7000";
      await editor.type("#mcast-groups .mcast-group", pasted);
      should(await editor.page.locator("#mcast-groups .mcast-group").count()).equal(1);
      should(await editor.page.inputValue("#mcast-groups .mcast-group")).equal(pasted);
      should(await editor.page.locator("#mcast-groups .mcast-group.input-error").count()).equal(1);
      should(await editor.note("#mcast-groups .mcast-group")).equal(
        "A node has one port, but these groups have 5000, 6000, 7000: use one node for each port",
      );
      should(await editor.page.inputValue("#node-input-port")).equal("59559");
      await editor.done();
      should((await editor.node(id)).valid).be.false();
      await editor.page.evaluate(`RED.nodes.remove("${id}"); RED.view.redraw(true)`); // the editor asks before it deploys such a node
    });

    it("show an error below an empty list of groups until it has one", async () => {
      await editor.edit(await editor.drop("mcast-recv", 420));
      await editor.page.locator(".red-ui-editableList-item-remove").click();
      await editor.page.waitForFunction("$('.mcast-group').length === 0");
      should(await editor.note("#mcast-groups")).match(/^No group: give one/);
      await editor.page.locator(".red-ui-editableList-addButton").click();
      await editor.type("#mcast-groups .mcast-group", "239.255.1.1");
      should(await editor.note("#mcast-groups")).equal("");
    });

    it("allow an empty list of groups where messages join them", async () => {
      const id = await editor.drop("mcast-recv", 420);
      await editor.edit(id);
      await editor.page.locator(".red-ui-editableList-item-remove").click();
      await editor.page.waitForFunction("$('.mcast-group').length === 0");
      await editor.page.locator(".mcast-advanced > summary").click();
      await editor.page.check("#node-input-control");
      should(await editor.note("#mcast-groups")).equal("");
      await editor.done();
      should(await editor.node(id)).containDeep({ groups: [], control: true, inputs: 1, valid: true });
    });

    it("leave out a removed row at once, while the editor still fades it out", async () => {
      const id = await editor.drop("mcast-recv", 420);
      await editor.edit(id);
      await editor.type("#mcast-groups .mcast-group", "239.255.1.1, 239.255.1.2");
      await editor.page.evaluate("$('.red-ui-editableList-item-remove').first().trigger('click'); $('#node-dialog-ok').trigger('click')");
      await editor.page.waitForSelector("#node-dialog-ok", { state: "detached" });
      should((await editor.node(id)).groups).deepEqual(["239.255.1.2"]);
    });

    it("move a row by the keyboard: with the arrow keys at its handle, or with Alt in its field", async () => {
      const id = await editor.drop("mcast-recv", 420);
      await editor.edit(id);
      await editor.type("#mcast-groups .mcast-group", "239.255.1.1, 239.255.1.2, 239.255.1.3");
      const { page } = editor;
      const handle = page.locator(".red-ui-editableList-item-handle").nth(2);
      await page.waitForFunction("$('.red-ui-editableList-item-handle[tabindex=0]').length === 3");
      should(await handle.getAttribute("aria-label")).equal("Move with the arrow keys");
      await handle.focus();
      await page.keyboard.press("ArrowUp");
      await page.keyboard.press("ArrowUp");
      await page.keyboard.press("ArrowUp"); // it is the first already
      await page.locator("#mcast-groups .mcast-group").nth(1).focus();
      await page.keyboard.press("Alt+ArrowDown");
      await editor.done();
      should((await editor.node(id)).groups).deepEqual(["239.255.1.3", "239.255.1.2", "239.255.1.1"]);
    });

    it("keep the focus in the list when a row is removed with the keyboard", async () => {
      const id = await editor.drop("mcast-recv", 420);
      await editor.edit(id);
      await editor.type("#mcast-groups .mcast-group", "239.255.1.1, 239.255.1.2, 239.255.1.3");
      await editor.page.waitForFunction("$('.red-ui-editableList-item-handle[tabindex=0]').length === 3");
      await editor.page.locator(".red-ui-editableList-item-remove").nth(1).focus();
      await editor.page.keyboard.press("Enter"); // then the last row, the first one, and the button below
      await editor.page.keyboard.press("Enter");
      await editor.page.keyboard.press("Enter");
      should(await editor.page.locator(".red-ui-editableList-addButton:focus").count()).equal(1);
      await editor.page.keyboard.press("Enter");
      await editor.page.waitForSelector("#mcast-groups .mcast-group:focus");
      await editor.page.keyboard.type("239.255.1.4");
      await editor.done();
      should((await editor.node(id)).groups).deepEqual(["239.255.1.4"]);
    });

    it("unfold the section when another field makes a value in it invalid", async () => {
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

    it("keep a list of groups and its ticks as rows are added, removed and dragged", async () => {
      const id = await editor.drop("mcast-hear", 480);
      await editor.edit(id);
      const add = editor.page.locator(".red-ui-editableList-addButton");
      const groups = editor.page.locator("#mcast-groups .mcast-group");
      for (const [row, group] of ["239.255.1.1", "239.255.1.2", "239.255.1.3"].entries()) {
        await add.click();
        await editor.typeInto(groups.nth(row + 1), group);
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

    it("list the interfaces of the machine with their facts, and tick the chosen ones", async () => {
      const id = await editor.drop("mcast-recv", 540);
      await editor.edit(id);
      await editor.noted("#node-input-iface", /^Will use/);
      const list = editor.page.locator("#mcast-choose-iface");
      should(await list.isVisible()).be.false();
      await editor.page.locator(".mcast-choose").focus();
      await editor.page.keyboard.press("Enter");
      const lo = list.locator("label", { hasText: /^lo/ });
      should(await lo.innerText()).match(/127\.0\.0\.1.*this machine only/s);
      const ticked = () => list.locator("input:checked").evaluateAll((all) => all.map((each) => each.getAttribute("value")));
      should(await ticked()).deepEqual(["all"]);
      await lo.locator("input").check();
      should(await editor.page.inputValue("#node-input-iface")).equal("lo");
      should(await ticked()).deepEqual(["lo"]);
      await editor.type("#node-input-iface", "127.0.0.1, eth77");
      should(await ticked()).deepEqual(["lo", "eth77"]);
      await lo.locator("input").uncheck();
      should(await editor.page.inputValue("#node-input-iface")).equal("eth77");
      await lo.locator("input").check();
      should(await editor.page.inputValue("#node-input-iface")).equal("eth77, lo");
      await list
        .locator("label", { hasText: /^default/ })
        .locator("input")
        .check();
      should(await editor.page.inputValue("#node-input-iface")).equal("default");
      await editor.done();
      should(await editor.node(id)).containDeep({ iface: "default", valid: true });
    });

    it("list the missing names, and the ranges, of the choice too, so that each can be unticked", async () => {
      await editor.edit(await editor.drop("mcast-recv", 540));
      await editor.noted("#node-input-iface", /^Will use/);
      await editor.type("#node-input-iface", "eth77, 127.0.0.0/8, 198.51.100.0/24");
      await editor.page.locator(".mcast-choose").click();
      const entry = (text: string) => editor.page.locator("#mcast-choose-iface label", { hasText: text });
      should(await entry("eth77").innerText()).match(/not found/);
      should(await entry("198.51.100.0/24").innerText()).match(/not found/);
      should(await entry("127.0.0.0/8").innerText()).match(/\blo$/);
      for (const text of ["eth77", "127.0.0.0/8"]) await entry(text).locator("input").uncheck();
      should(await editor.page.inputValue("#node-input-iface")).equal("198.51.100.0/24");
      await entry("eth77").locator("input").check();
      should(await editor.page.inputValue("#node-input-iface")).equal("198.51.100.0/24, eth77");
      await editor.type("#node-input-iface", "eth78");
      should(await entry("eth78").locator("input").isChecked()).be.true();
      should(await entry("eth77").locator("input").isChecked()).be.false();
    });

    it("choose interfaces beside a typed field too", async () => {
      const id = await editor.drop("mcast-say", 540);
      await editor.edit(id);
      await editor.noted("#node-input-iface", /^Will use/);
      await editor.page.locator(".mcast-choose").click();
      await editor.page.locator("#mcast-choose-iface label", { hasText: /^lo/ }).locator("input").check();
      should(await editor.field("#node-input-iface").inputValue()).equal("lo");
      await editor.done();
      should(await editor.node(id)).containDeep({ iface: "lo", ifaceType: "str", valid: true });
    });

    it("tick no interface for a value from elsewhere, and name the place of one that a tick replaces", async () => {
      const id = await editor.drop("mcast-say", 540);
      await editor.edit(id);
      await editor.source("#node-input-iface", "msg");
      await editor.type("#node-input-iface", "lo");
      await editor.page.locator(".mcast-choose").click();
      should(await editor.page.locator("#mcast-choose-iface input:checked").count()).equal(0);
      const lo = editor.page.locator("#mcast-choose-iface label", { hasText: /^lo/ }).locator("input");
      await lo.check();
      await editor.noted("#node-input-iface", /^Will use lo \(127\.0\.0\.1\); replaces msg\.lo$/);
      await lo.uncheck();
      await editor.type("#node-input-iface", `\${IFACE}`);
      await lo.check();
      await editor.noted("#node-input-iface", /^Will use lo \(127\.0\.0\.1\); replaces \$\{IFACE\}$/);
      await editor.done();
      should(await editor.node(id)).containDeep({ iface: "lo", ifaceType: "str", valid: true });
    });

    it("echo by the interfaces that are named, where Echo on is blank", async () => {
      await editor.edit(await editor.drop("mcast-hear", 540));
      await editor.type("#node-input-iface", "lo");
      should(await editor.page.inputValue("#node-input-echoIface")).equal("");
      await editor.noted("#node-input-echoIface", /^Will use lo \(127\.0\.0\.1\)$/);
    });

    it("keep text, choices, ticks and lists as they were entered", async () => {
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

    it("warn of core's udp in on the same port", async () => {
      const core = await editor.drop("udp in", 660);
      await editor.page.evaluate(`Object.assign(RED.nodes.node("${core}"), { port: "${port}", name: "older" })`);
      const id = await editor.drop("mcast-recv", 720);
      await editor.edit(id);
      await editor.type("#node-input-port", port);
      should(await editor.note("#node-input-port")).equal("The node older has the same port and also receives the groups of this node");
      await editor.page.locator(".mcast-advanced > summary").click();
      await editor.page.check("#node-input-unicast");
      should(await editor.note("#node-input-port")).equal("This diverts unicast traffic on this port from the node older");
      await editor.cancel();
      const say = await editor.drop("mcast-say", 750);
      await editor.edit(say);
      await editor.type("#node-input-port", port);
      should(await editor.note("#node-input-port")).equal(""); // a node that only sends has no conflict
      await editor.page.locator(".mcast-advanced > summary").click();
      await editor.type("#node-input-sourcePort", "group");
      should(await editor.note("#node-input-sourcePort")).equal("This diverts unicast traffic on this port from the node older");
      await editor.cancel();
      await editor.page.evaluate(`RED.nodes.remove("${core}"); RED.nodes.remove("${id}"); RED.view.redraw(true)`);
    });

    it("warn two nodes of each other that take unicast on one port", async () => {
      const one = await editor.drop("mcast-recv", 660);
      await editor.page.evaluate(`Object.assign(RED.nodes.node("${one}"), { port: "${port}", name: "first", unicast: true })`);
      await editor.edit(await editor.drop("mcast-recv", 720));
      await editor.type("#node-input-port", port);
      should(await editor.note("#node-input-port")).equal("");
      await editor.page.locator(".mcast-advanced > summary").click();
      await editor.page.check("#node-input-unicast");
      should(await editor.note("#node-input-port")).equal("The node first also takes unicast on this port: both receive it");
      await editor.page.evaluate(`RED.nodes.node("${one}").name = ""`);
      await editor.page.uncheck("#node-input-unicast");
      await editor.page.check("#node-input-unicast");
      should(await editor.note("#node-input-port")).equal(`The node 224.0.0.1:${port} also takes unicast on this port: both receive it`);
      await editor.cancel();
      await editor.page.evaluate(`RED.nodes.remove("${one}"); RED.view.redraw(true)`);
    });

    for (const theme of ["light", "dark"]) {
      it(`be legible in the ${theme} theme: each hint has the contrast that WCAG AA asks for`, async () => {
        await editor.page.evaluate(`document.documentElement.classList.toggle("nr-theme-dark", ${theme === "dark"})`);
        await editor.edit(await editor.drop("mcast-hear", 300));
        await editor.noted("#node-input-echoIface", /^Will use/);
        await editor.page.locator(".mcast-advanced > summary").click();
        await editor.page.locator(".mcast-choose").first().click();
        should(await editor.page.evaluate(CUT_OFF)).deepEqual([]);
        await editor.type("#node-input-iface", "eth77");
        await editor.type("#node-input-port", "70000");
        const kinds = ["meaning", "warning", "error"].map((kind) => editor.page.locator(`.mcast-note.mcast-${kind}:visible`).count());
        should((await Promise.all(kinds)).every((count) => count > 0)).be.true();
        should(await editor.page.evaluate(PALE_TEXTS)).deepEqual([]);
        await editor.cancel();
        await editor.page.evaluate("document.documentElement.classList.remove('nr-theme-dark')");
      });
    }

    it("keep each field beside its label in a narrow tray", async () => {
      for (const [at, type] of ["mcast-say", "mcast-recv", "mcast-hear"].entries()) {
        await editor.edit(await editor.drop(type, 300 + 60 * at));
        await editor.page.evaluate("$('.red-ui-tray').width(400)");
        await editor.page.locator(".mcast-advanced > summary").click();
        if (type === "mcast-say") await editor.page.selectOption("#node-input-replies", "collect");
        should(await editor.page.evaluate(SLIPPED)).deepEqual([], type);
        await editor.cancel();
      }
    });

    it("open as wide as without a note, which wraps", async () => {
      const [short, long] = [await editor.drop("mcast-recv", 300), await editor.drop("mcast-recv", 360)];
      await editor.page.evaluate(`RED.nodes.node("${long}").groups = ["ff05:1234:5678:9abc:def0:1234:5678:9abd", "10.200.100.200"]`);
      const widthOf = async (id: string) => {
        await editor.edit(id);
        const width = await editor.page.evaluate<number>("$('.red-ui-tray').last().width()");
        await editor.cancel();
        return width;
      };
      const usual = await widthOf(short);
      should(await widthOf(long)).equal(usual);
      await editor.page.evaluate(`RED.nodes.remove("${long}"); RED.view.redraw(true)`);
    });

    it("are found in the palette under multicast", async () => {
      const search = editor.page.locator("#red-ui-palette-search input.red-ui-searchBox-input");
      await search.pressSequentially("multicast"); // the editor listens to keys
      await editor.page.waitForFunction("$('.red-ui-palette-node:visible').length === 3");
      const types = await editor.page
        .locator(".red-ui-palette-node:visible")
        .evaluateAll((all) => all.map((each) => each.getAttribute("data-palette-type")));
      should(types.sort()).deepEqual(["mcast-hear", "mcast-recv", "mcast-say"]);
      await search.clear();
      await search.press("Backspace");
    });

    it("make a key, show it once to be copied, and refuse an invalid key", async () => {
      const id = await editor.drop("mcast-recv", 780);
      await editor.edit(id);
      await editor.page.locator(".mcast-advanced > summary").click();
      await editor.editKey("add");
      should(await editor.page.locator("#mcast-key-shown").isVisible()).be.false();
      should(await editor.note("#node-config-input-key")).match(/^Generate a key here/);
      await editor.type("#node-config-input-key", "correct horse battery staple");
      should(await editor.note("#node-config-input-key"))
        .match(/64 hex digits/)
        .and.not.match(/horse/);
      await editor.type("#node-config-input-freshness", "1");
      should(await editor.note("#node-config-input-freshness")).equal("Freshness must be 15 to 86400 seconds, not 1");
      await editor.type("#node-config-input-freshness", "60");
      const copyButton = () => editor.page.locator("#mcast-copy").innerText();
      await editor.page.click("#mcast-generate");
      should(await copyButton()).equal("Copy");
      await editor.page.click("#mcast-copy");
      should(await copyButton()).equal("Copied");
      const colorOf = (field: string) => editor.page.evaluate<string>(`getComputedStyle($("${field}").get(0)).color`);
      should(await colorOf("#mcast-key-shown")).equal(await colorOf("#node-config-input-name"));
      await editor.page.click("#mcast-generate");
      should(await copyButton()).equal("Copy");
      const key = await editor.page.inputValue("#mcast-key-shown");
      should(key).match(/^[0-9a-f]{64}$/);
      should(await editor.page.inputValue("#node-config-input-key")).equal(key);
      should(await editor.page.locator("#node-config-input-key").getAttribute("type")).equal("password");
      should(await editor.note("#node-config-input-key")).equal("");
      await editor.page.click("#mcast-copy");
      await editor.type("#node-config-input-name", "of the house");
      await editor.closeKey("ok");
      await editor.page.waitForFunction("$('#node-input-key').val() !== '_ADD_'");
      await editor.page.check("#node-input-unicast");
      should(await editor.note("#node-input-key")).match(/^Only datagrams to a group are sealed/);
      await editor.page.uncheck("#node-input-unicast");
      should(await editor.note("#node-input-key")).equal("");
      await editor.done();
      should((await editor.node(id)).valid).be.true();
      const exported = await editor.page.evaluate<string>(
        "JSON.stringify(RED.nodes.createExportableNodeSet(RED.nodes.createCompleteNodeSet().map(({ id }) => RED.nodes.node(id)).filter(Boolean)))",
      );
      should(exported.includes(key)).be.false();
      should(exported).match(/"mcast-key"/);
      await editor.deploy();
      // The runtime gives the editor a placeholder in place of the key.
      await editor.edit(id);
      await editor.editKey("edit");
      should(await editor.page.inputValue("#node-config-input-key")).equal("__PWRD__");
      should(await editor.page.locator("#mcast-key-shown").isVisible()).be.false();
      await editor.closeKey("cancel");
    });

    it("deploy the values of the form, and show the status on the node", async () => {
      const id = await editor.drop("mcast-recv", 780);
      const group = ownGroup();
      await editor.edit(id);
      await editor.type("#mcast-groups .mcast-group", group);
      await editor.type("#node-input-port", port);
      await editor.type("#node-input-iface", "lo");
      await editor.done();
      await editor.deploy();
      await editor.status(id, "joined on lo");
    });

    it("import an example, which runs when its button is pressed", async () => {
      await editor.importExample("@mcast/node-red-mcast", "1 Does multicast work here");
      await editor.deploy();
      // The nodes report their statuses once all of them exist.
      await editor.page.waitForFunction(
        "RED.nodes.filterNodes({ type: 'mcast-recv' }).some((node) => node.status?.text === 'joined on lo')",
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
      it(`show labels, reasons and help in ${locale} where the browser asks for it`, async () => {
        const foreign = await Editor.open(running.url, locale);
        for (const type of ["mcast-say", "mcast-hear"]) {
          await foreign.edit(await foreign.drop(type, 840));
          await foreign.page.locator(".mcast-advanced > summary").click();
          if (type === "mcast-say") await foreign.page.selectOption("#node-input-replies", "collect");
          should(await foreign.page.evaluate(CUT_OFF)).deepEqual([]);
          await foreign.cancel();
        }
        await foreign.edit(await foreign.drop("mcast-recv", 780));
        should(await foreign.page.evaluate(CUT_OFF)).deepEqual([]);
        should(await foreign.page.locator(".red-ui-tray").innerText()).match(new RegExp(label));
        await foreign.type("#node-input-port", "70000");
        should(await foreign.note("#node-input-port")).equal(reason);
        await foreign.cancel();
        should(await foreign.help("mcast-recv")).match(help);
        should(foreign.complaints).be.empty();
        await foreign.close();
      });
    }

    it("log no error in the browser, and send no request except to Node-RED", () => {
      should(editor.complaints).be.empty();
    });
  });
}
