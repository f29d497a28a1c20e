import { existsSync } from "node:fs";
import { type Browser, chromium, type Locator, type Page } from "playwright-core";

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
// With these flags the browser sends no request of its own.
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
const QUIET = ["--disable-component-update", "--disable-sync"];

/** The reason why no browser can be started; undefined if one can. */
export const noBrowser = existsSync(CHROMIUM) ? undefined : `${CHROMIUM} is not installed`;

/** Node-RED's editor in a real browser, used as a person would use it. The selectors are valid in Node-RED 4 and 5. */
export class Editor {
  /** Errors of the page, and its requests to other servers than Node-RED. */
  readonly complaints: string[] = [];
  readonly page: Page;
  readonly #browser: Browser;

  /** Opens the editor in a language. */
  static async open(url: string, locale = "en-US"): Promise<Editor> {
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: [...FLAGS, ...QUIET] });
    const page = await browser.newPage({ viewport: { width: 1400, height: 1000 }, locale });
    const editor = new Editor(browser, page, url);
    await page.goto(url);
    await page.waitForFunction("RED?.workspaces?.active() && !$('#red-ui-loading-progress').is(':visible')");
    return editor;
  }

  private constructor(browser: Browser, page: Page, url: string) {
    this.#browser = browser;
    this.page = page;
    page.on("pageerror", ({ message }) => this.complaints.push(message));
    page.on("console", (message) => {
      // The editor logs what a form throws as an ordinary line.
      if (message.type() === "error" || /^(oneditprepare|oneditsave|oneditcancel|Definition error)\b/.test(message.text()))
        this.complaints.push(message.text());
    });
    page.on("request", (request) => {
      if (!request.url().startsWith(url) && !request.url().startsWith("data:")) this.complaints.push(`asked for ${request.url()}`);
    });
  }

  close(): Promise<void> {
    return this.#browser.close();
  }

  /** Drags a node from the palette into the flow, a number of pixels down and across, and returns its id. */
  async drop(type: string, down: number, across = 300): Promise<string> {
    await this.#quiet();
    const before = await this.#nodes(type);
    await this.page.fill("#red-ui-palette-search input.red-ui-searchBox-input", type.replace("mcast-", "multicast "));
    const source = this.page.locator(`.red-ui-palette-node[data-palette-type="${type}"]`);
    await source.hover();
    await this.page.mouse.down();
    const chart = await this.page.locator("#red-ui-workspace-chart").boundingBox();
    if (!chart) throw new Error("the workspace is not to be seen");
    await this.page.mouse.move(chart.x + across - 40, chart.y + down, { steps: 8 });
    await this.page.mouse.move(chart.x + across, chart.y + down, { steps: 4 });
    await this.page.mouse.up();
    await this.page.fill("#red-ui-palette-search input.red-ui-searchBox-input", "");
    const [made] = (await this.#nodes(type)).filter((id) => !before.includes(id));
    if (made === undefined) throw new Error(`${type} was not dropped`);
    return made;
  }

  /** Opens the form of a node. */
  async edit(id: string): Promise<void> {
    await this.#quiet();
    const box = await this.page.locator(`[id="${id}"]`).boundingBox();
    if (!box) throw new Error(`${id} is not to be seen`);
    await this.page.mouse.dblclick(box.x + box.width / 2, box.y + box.height / 2);
    await this.page.waitForSelector("#node-dialog-ok", { state: "visible" });
    await this.#opened();
  }

  /** Opens the form of the key of the open form: a new one, or the one that is chosen. */
  async editKey(which: "add" | "edit"): Promise<void> {
    await this.page.locator(`#node-input-btn-key-${which}, #node-input-lookup-key`).first().click();
    await this.page.waitForSelector("#node-config-input-key", { state: "visible" });
    await this.#opened();
  }

  /** Closes the form of a key. */
  async closeKey(button: "ok" | "cancel"): Promise<void> {
    await this.page.click(`#node-config-dialog-${button}`);
    await this.page.waitForSelector("#node-config-dialog-ok", { state: "detached" });
  }

  /** Returns the visible field. For a typed input the editor hides the field that holds the value. */
  field(field: string): Locator {
    return this.page.locator(`${field}:not([type=hidden]), ${field}[type=hidden] + .red-ui-typedInput-container .red-ui-typedInput-input`);
  }

  /** Types into a field of the open form with the keys, and leaves the field. */
  async type(field: string, text: string): Promise<void> {
    await this.typeInto(this.field(field), text);
  }

  /** Replaces the text of a field with the keys, as `fill` does without any, and leaves the field. */
  async typeInto(field: Locator, text: string): Promise<void> {
    await field.press("Control+a");
    if (text === "") await field.press("Delete");
    else await field.pressSequentially(text);
    await field.blur();
  }

  /**
   * Chooses from where a typed field takes its value, by the name in the menu. The editor focuses the menu 100 ms after it has opened,
   * even if it is closed by then: keys that are pressed before that would be lost.
   */
  async source(field: string, name: string): Promise<void> {
    await this.page.locator(`${field} + .red-ui-typedInput-container .red-ui-typedInput-type-select`).click();
    await this.page.waitForSelector(".red-ui-typedInput-options a:focus");
    await this.page.locator(".red-ui-typedInput-options:visible a", { hasText: new RegExp(`^${name}`) }).click();
  }

  /** Returns the note under a field of the open form; empty if there is none. */
  async note(field: string): Promise<string> {
    const line = await this.page.locator(field).getAttribute("aria-describedby");
    return this.page.locator(`#${line}`).innerText();
  }

  /** Waits until what is said under a field is as wanted. */
  async noted(field: string, wanted: RegExp): Promise<void> {
    const line = await this.page.locator(field).getAttribute("aria-describedby");
    await this.page.locator(`#${line}`, { hasText: wanted }).waitFor();
  }

  /** Drags a row of the open form's list to its top. */
  async dragToTop(row: number): Promise<void> {
    const handles = this.page.locator(".red-ui-editableList-item-handle");
    const [from, to] = [await handles.nth(row).boundingBox(), await handles.nth(0).boundingBox()];
    if (!from || !to) throw new Error("the rows have nothing to drag them by");
    await this.page.mouse.move(from.x + 4, from.y + 4);
    await this.page.mouse.down();
    await this.page.mouse.move(to.x + 4, to.y - 4, { steps: 12 });
    await this.page.mouse.up();
  }

  async done(): Promise<void> {
    await this.page.click("#node-dialog-ok");
    await this.page.waitForSelector("#node-dialog-ok", { state: "detached" });
  }

  async cancel(): Promise<void> {
    await this.page.click("#node-dialog-cancel");
    await this.page.waitForSelector("#node-dialog-ok", { state: "detached" });
  }

  /** Returns the properties of a node as the editor has them, with its verdict in `valid`. */
  node(id: string): Promise<Readonly<Record<string, unknown>>> {
    const read = `(() => { const node = RED.nodes.node("${id}");
      return { ...Object.fromEntries(Object.keys(node._def.defaults).map((name) => [name, node[name]])), valid: node.valid }; })()`;
    return this.page.evaluate<Readonly<Record<string, unknown>>>(read);
  }

  /** Draws a wire from an output of a node to the input of another one. */
  async wire(from: string, to: string, output = 0): Promise<void> {
    const start = await this.page.locator(`[id="${from}"] .red-ui-flow-port-output .red-ui-flow-port`).nth(output).boundingBox();
    const end = await this.page.locator(`[id="${to}"] .red-ui-flow-port-input .red-ui-flow-port`).boundingBox();
    if (!start || !end) throw new Error("there is no port to be seen");
    await this.page.mouse.move(start.x + start.width / 2, start.y + start.height / 2);
    await this.page.mouse.down();
    await this.page.mouse.move(end.x + end.width / 2 - 20, end.y + end.height / 2, { steps: 8 });
    await this.page.mouse.move(end.x + end.width / 2, end.y + end.height / 2, { steps: 4 });
    await this.page.mouse.up();
  }

  /** Removes everything from the flow. */
  async clear(): Promise<void> {
    await this.page.evaluate("RED.view.focus()");
    await this.page.keyboard.press("Control+a");
    await this.page.keyboard.press("Delete");
    await this.page.waitForFunction("RED.nodes.filterNodes({ z: RED.workspaces.active() }).length === 0");
  }

  /** Deploys all flows, with every node of this package on the loopback interface, so that nothing leaves the machine. */
  async deploy(): Promise<void> {
    await this.page.evaluate(`RED.nodes.eachNode((node) => {
      for (const name of ["iface", "echoIface"]) if (/^mcast-/.test(node.type) && name in node) node[name] = "127.0.0.1";
    })`);
    await this.deployAsBuilt();
  }

  /** Deploys all there is as the forms have it. */
  async deployAsBuilt(): Promise<void> {
    const answer = this.page.waitForResponse((response) => response.url().endsWith("/flows") && response.request().method() === "POST");
    await this.page.click("#red-ui-header-button-deploy");
    if (!(await answer).ok()) throw new Error("the deploy was refused");
    await this.page.waitForSelector("#red-ui-header-button-deploy.disabled");
  }

  /** Waits until a node in the flow has a status text. */
  async status(id: string, text: string): Promise<void> {
    const read = `RED.nodes.node("${id}").status?.text`;
    await this.page.waitForFunction(`${read} === ${JSON.stringify(text)}`).catch(async (cause) => {
      throw new Error(`the status is "${await this.page.evaluate(read)}", not "${text}"`, { cause });
    });
  }

  /** Imports an example with the import dialog, and opens its flow. */
  async importExample(packageName: string, name: string): Promise<void> {
    await this.page.keyboard.press("Control+i");
    await this.page.click('a[href="#red-ui-clipboard-dialog-import-tab-examples"]');
    const entry = (label: string) =>
      this.page.locator("#red-ui-clipboard-dialog-import-tab-examples .red-ui-treeList-label:visible", { hasText: label }).first();
    await entry(packageName).click();
    await entry(name).click();
    await this.page.click("#red-ui-clipboard-dialog-ok");
    await this.page.waitForSelector("#red-ui-clipboard-dialog-ok", { state: "hidden" });
  }

  /** Returns the help of a type in the sidebar. */
  async help(type: string): Promise<string> {
    await this.page.evaluate(`RED.sidebar.help.show("${type}")`);
    const help = this.page.locator(".red-ui-help:visible").first();
    await help.waitFor();
    return help.innerText();
  }

  #nodes(type: string): Promise<string[]> {
    return this.page.evaluate<string[]>(`RED.nodes.filterNodes({ type: "${type}", z: RED.workspaces.active() }).map((node) => node.id)`);
  }

  // Waits until a form has slid in. The editor then focuses its first field, and would take the focus from another one.
  async #opened(): Promise<void> {
    await this.page.waitForFunction("$('.red-ui-tray').get().every(tray => tray.getAnimations({ subtree: true }).length === 0)");
    await this.page.waitForFunction("$('.red-ui-tray').last().find(':focus').length > 0");
  }

  // A notification covers the tabs or the top of the workspace for some seconds.
  async #quiet(): Promise<void> {
    await this.page.waitForFunction("!$('.red-ui-notification:visible').length");
  }
}
