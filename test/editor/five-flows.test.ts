import should from "should";
import { Editor, noBrowser } from "../support/editor";
import { freePort } from "../support/loopback";
import { orSkip } from "../support/releases";
import { echoBack, ReplyingDevice } from "../support/replying-device";
import { RunningNodeRed } from "../support/running-node-red";

const [A, B, C, D] = ["239.255.1.1", "239.255.1.2", "239.255.1.3", "239.255.1.9"] as const;

/** A property of the message of an inject node: its name, its type in the menu, and its value. */
type Property = readonly [name: string, type: "string" | "JSON", value: string];

// The flows that a new user builds first, with the mouse and the forms alone. Every node is set to the loopback interface in its form.
describe("the five flows a new user builds", function () {
  this.timeout(60_000);
  let running: RunningNodeRed;
  let editor: Editor;
  let port: string;
  let device: ReplyingDevice | undefined;

  before(async function () {
    await orSkip(this, noBrowser === undefined ? Promise.resolve() : Promise.reject(new Error(noBrowser)));
    running = await RunningNodeRed.start([]);
    editor = await Editor.open(running.url);
    await editor.page.evaluate("RED.sidebar.show('debug')");
  });
  after(async () => {
    await editor?.close();
    await running?.stop();
  });
  beforeEach(async () => {
    port = String(await freePort());
  });
  afterEach(async () => {
    device?.socket.close();
    device = undefined;
    await editor.clear();
    should(editor.complaints).be.empty();
  });

  /** Drops a node and fills its form. */
  const add = async (type: string, at: readonly [across: number, down: number], fill: () => Promise<void>): Promise<string> => {
    const id = await editor.drop(type, at[1], at[0]);
    await editor.edit(id);
    await fill();
    await editor.done();
    return id;
  };

  const say = (at: readonly [number, number], group: string, more: () => Promise<void> = async () => {}) =>
    add("mcast-say", at, async () => {
      await editor.type("#node-input-group", group);
      await editor.type("#node-input-port", port);
      await editor.type("#node-input-iface", "lo");
      await more();
    });

  const receiver = (type: string, at: readonly [number, number], groups: string, more: () => Promise<void> = async () => {}) =>
    add(type, at, async () => {
      await editor.type("#mcast-groups .mcast-group", groups);
      await editor.type("#node-input-port", port);
      await editor.type("#node-input-iface", "lo");
      await editor.page.selectOption("#node-input-datatype", "utf8");
      await more();
    });

  const debug = (at: readonly [number, number], name: string) => add("debug", at, () => editor.type("#node-input-name", name));

  const inject = (at: readonly [number, number], ...properties: readonly Property[]) =>
    add("inject", at, async () => {
      for (const [row, [name, type, value]] of properties.entries()) {
        const [nameField, valueField] = await rowFields(row);
        await editor.typeInto(nameField, name);
        await editor.page.locator("#node-input-property-container > li").nth(row).locator(".red-ui-typedInput-type-select").nth(1).click();
        await editor.page.locator(".red-ui-typedInput-options:visible a", { hasText: new RegExp(`^${type}$`) }).click();
        await editor.typeInto(valueField, value);
      }
    });

  const rowFields = async (row: number) => {
    const fields = editor.page.locator("#node-input-property-container > li").nth(row).locator(".red-ui-typedInput-input");
    return [fields.nth(0), fields.nth(1)] as const;
  };

  /** A switch whose outputs are for the values of a property, in order. */
  const switchOn = (at: readonly [number, number], property: string, ...values: readonly string[]) =>
    add("switch", at, async () => {
      await editor.type("#node-input-property", property);
      for (const [row, value] of values.entries()) {
        if (row > 0) await editor.page.locator("#dialog-form .red-ui-editableList-addButton").click();
        const field = editor.page.locator("#node-input-rule-container > li").nth(row).locator(".red-ui-typedInput-input:visible").first();
        await editor.typeInto(field, value);
      }
    });

  /** Returns what a debug node has shown in the sidebar. */
  const shown = (name: string, text: string | RegExp) =>
    editor.page
      .locator(".red-ui-debug-msg", { has: editor.page.locator(".red-ui-debug-msg-name", { hasText: name }) })
      .filter({ hasText: text })
      .first()
      .waitFor();
  const countOf = (name: string) => editor.page.locator(".red-ui-debug-msg-name", { hasText: name }).count();

  it("receive two groups with one node and separate them with a switch", async () => {
    const recv = await receiver("mcast-recv", [150, 200], `${A}, ${B}`);
    const parted = await switchOn([330, 200], "group", A, B);
    const [one, two] = [await debug([560, 160], "of the first"), await debug([560, 240], "of the second")];
    const [toA, toB] = [await say([420, 380], A), await say([420, 440], B)];
    const [sayA, sayB] = [await inject([160, 380], ["payload", "string", "one"]), await inject([160, 440], ["payload", "string", "two"])];
    await editor.wire(recv, parted);
    await editor.wire(parted, one, 0);
    await editor.wire(parted, two, 1);
    await editor.wire(sayA, toA);
    await editor.wire(sayB, toB);
    await editor.deployAsBuilt();
    await editor.status(recv, "joined on lo");
    await running.press(sayA);
    await running.press(sayB);
    await shown("of the first", '"one"');
    await shown("of the second", '"two"');
    await editor.status(toA, "sent on lo");
  });

  it("ask a group and collect the replies", async () => {
    device = await new ReplyingDevice(Number(port), echoBack).join(A);
    const ask = await say([330, 200], A, async () => {
      await editor.page.selectOption("#node-input-replies", "collect");
      await editor.type("#node-input-collect", "500");
      await editor.page.selectOption("#node-input-datatype", "utf8");
    });
    const question = await inject([120, 200], ["payload", "string", "who?"]);
    const replies = await debug([580, 200], "replies");
    await editor.wire(question, ask);
    await editor.wire(ask, replies);
    await editor.deployAsBuilt();
    await running.press(question);
    await shown("replies", /array\[1\]/);
    await editor.status(ask, "1 reply");
  });

  it("relay two of three groups to a fourth", async () => {
    const relay = await receiver("mcast-hear", [330, 120], `${A}, ${B}, ${C}`, async () => {
      await editor.page.locator("#mcast-groups .mcast-echo").nth(2).uncheck();
      await editor.type("#node-input-group", D);
    });
    const recv = await receiver("mcast-recv", [330, 200], D);
    const [heard, echoes] = [await debug([600, 120], "heard"), await debug([600, 200], "echoes")];
    await editor.wire(relay, heard);
    await editor.wire(recv, echoes);
    const senders: string[] = [];
    for (const [row, group] of [A, B, C].entries()) {
      const to = await say([420, 320 + 60 * row], group);
      const from = await inject([140, 320 + 60 * row], ["payload", "string", `to group ${row}`]);
      await editor.wire(from, to);
      senders.push(from);
    }
    await editor.deployAsBuilt();
    await editor.status(relay, "lo → lo");
    await editor.status(recv, "joined on lo");
    for (const sender of senders) await running.press(sender);
    for (const row of [0, 1, 2]) await shown("heard", `"to group ${row}"`);
    for (const row of [0, 1]) await shown("echoes", `"to group ${row}"`);
    should(await countOf("echoes")).equal(2);
  });

  it("join a group by a message", async () => {
    const recv = await add("mcast-recv", [380, 200], async () => {
      await editor.page.locator("#dialog-form .red-ui-editableList-item-remove").click();
      await editor.type("#node-input-port", port);
      await editor.type("#node-input-iface", "lo");
      await editor.page.selectOption("#node-input-datatype", "utf8");
      await editor.page.locator(".mcast-advanced > summary").click();
      await editor.page.check("#node-input-control");
    });
    const join = await inject([140, 200], ["action", "string", "join"], ["group", "string", A]);
    const [to, from] = [await say([420, 320], A), await inject([140, 320], ["payload", "string", "hello"])];
    const heard = await debug([620, 200], "heard");
    await editor.wire(join, recv);
    await editor.wire(recv, heard);
    await editor.wire(from, to);
    await editor.deployAsBuilt();
    await editor.status(recv, "no group joined");
    await running.press(join);
    await editor.status(recv, "joined on lo");
    await running.press(from);
    await shown("heard", '"hello"');
  });

  it("send and receive JSON, with an alarm when nothing comes", async () => {
    const recv = await receiver("mcast-recv", [140, 120], A, async () => {
      await editor.page.selectOption("#node-input-datatype", "json");
      await editor.page.locator(".mcast-advanced > summary").click();
      await editor.type("#node-input-silence", "2");
    });
    const celsius = await add("debug", [600, 120], async () => {
      await editor.type("#node-input-name", "celsius");
      await editor.type("#node-input-typed-complete", "payload.celsius");
    });
    const [to, from] = [await say([420, 320], A), await inject([160, 320], ["payload", "JSON", '{"celsius":21.5}'])];
    const status = await editor.drop("status", 220, 140);
    const silent = await switchOn([330, 220], "status.code", "silent");
    const alarm = await debug([600, 220], "alarm");
    await editor.wire(recv, celsius);
    await editor.wire(from, to);
    await editor.wire(status, silent);
    await editor.wire(silent, alarm);
    await editor.deployAsBuilt();
    await running.press(from);
    await shown("celsius", "21.5");
    should(await countOf("alarm")).equal(0);
    await editor.page.waitForFunction(`/^silent since \\d\\d:\\d\\d$/.test(RED.nodes.node("${recv}").status?.text)`);
    await shown("alarm", "alarm");
  });
});
