import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import type { Request } from "playwright-core";
import should from "should";
import { Editor, noBrowser } from "../../support/editor";
import { freePort, LO, ownGroup } from "../../support/loopback";
import type { FlowNode } from "../../support/node-red";
import { orSkip, type Release } from "../../support/releases";
import { RunningNodeRed } from "../../support/running-node-red";

/** Tests of the sidebar in the editor of a release of Node-RED, in a real browser. Skipped with the reason where there is none, except in CI. */
export function describeSidebar(title: string, wanted: () => Promise<Release | undefined>): void {
  describe(title, function () {
    this.timeout(30_000);
    const [group, silent] = [ownGroup(), ownGroup()];
    let port: number;
    let running: RunningNodeRed;
    let editor: Editor;
    let socket: Socket;
    let asked = 0;

    before(async function () {
      this.timeout(300_000); // another release is downloaded the first time
      await orSkip(this, noBrowser === undefined ? Promise.resolve() : Promise.reject(new Error(noBrowser)));
      const release = await orSkip(this, wanted());
      port = await freePort();
      running = await RunningNodeRed.start(flow(), release && { release });
      editor = await Editor.open(running.url);
      editor.page.on("request", (request) => {
        if (isActivity(request)) asked += 1;
      });
      socket = createSocket("udp4").bind(0, LO);
      await once(socket, "listening");
      socket.setMulticastInterface(LO);
    });
    after(async () => {
      socket?.close();
      await editor?.close();
      await running?.stop();
    });
    afterEach(() => should(editor.complaints).be.empty());

    // Two nodes on the second tab, and one that waits for an interface. The first tab is the one that is shown.
    function flow(): readonly FlowNode[] {
      const node = (id: string, type: string, more: object) => ({
        id,
        type,
        z: "two",
        x: 300,
        y: 100,
        iface: LO,
        port,
        wires: [[]],
        ...more,
      });
      return [
        { id: "one", type: "tab", label: "One" },
        { id: "two", type: "tab", label: "Two" },
        node("meter", "mcast-recv", { name: "Energy meter", groups: [group] }),
        node("log", "mcast-recv", { y: 200, groups: [group] }),
        node("cellar", "mcast-recv", { name: "Cellar", y: 300, groups: [silent], iface: "eth77" }),
        node("bridge", "mcast-hear", { name: "Bridge", y: 400, groups: [{ group, echo: true }], group: silent, echoIface: LO }),
      ];
    }

    const row = (text: string) => editor.page.locator(".mcast-sidebar-row", { hasText: text });
    // The browser lays a row out when it comes into view. Until then the row has no visible text.
    const textOf = async (text: string) => {
      await editor.page.waitForFunction((element) => element instanceof HTMLElement && element.innerText, await row(text).elementHandle());
      return row(text).innerText();
    };
    const press = (name: string) => editor.page.getByRole("button", { name, exact: true }).click();
    const evaluate = (script: string) => editor.page.evaluate<unknown>(script);
    const nextAnswer = () => editor.page.waitForResponse((response) => isActivity(response.request()));

    async function say(payload: string): Promise<void> {
      await new Promise<void>((resolve, reject) => socket.send(payload, port, group, (error) => (error ? reject(error) : resolve())));
    }

    // True if nothing is asked for longer than the time between two requests. That nothing happens can only be seen by waiting.
    async function isStill(): Promise<boolean> {
      const before = asked;
      await editor.page.waitForTimeout(3000);
      return asked === before;
    }

    it("asks for nothing before its tab is shown", async () => {
      await evaluate("RED.sidebar.show('info')");
      should(await isStill()).be.true();
      should(asked).equal(0);
    });

    it("is called Multicast on its tab, as in the menu", async () => {
      const names =
        await evaluate(`[...document.querySelectorAll("#red-ui-tab-mcast .red-ui-tab-label, button[data-tab-id=mcast], #menu-item-view-menu-mcast")]
        .map((each) => each.getAttribute("aria-label") ?? each.textContent)`);
      should(names).deepEqual(["Multicast", "Multicast"]);
    });

    it("shows a row for each group with its state and its nodes, and one for the relay", async () => {
      await evaluate("RED.sidebar.show('mcast')");
      await row("Energy meter").waitFor();
      should(await textOf("Energy meter")).match(
        /joined on lo\s+Energy meter, multicast recv, Bridge\s+nothing heard yet\s+0 received · 0 lost · 0 refused/,
      );
      should(await textOf("Cellar")).match(/waiting for eth77\s+Cellar/);
      should(await textOf("relaying")).startWith(`${group}:${port} → ${silent}:${port}`);
    });

    it("shows a datagram, its sender and its rate with the next reply", async () => {
      await nextAnswer();
      await say("one");
      await row(`last heard just now from ${LO}:${socket.address().port}`).waitFor();
      should(await textOf("Energy meter")).match(/1 received/);
      should(await row("Energy meter").locator("polyline").getAttribute("points")).match(/,\d/);
      await row("relaying").getByText("1 echoed").waitFor();
    });

    it("reveals the nodes of a row one after another, by a click and by Enter", async () => {
      const shown = () => evaluate("RED.workspaces.active()");
      await evaluate(`RED.workspaces.show("one"); window.flashed = []; const reveal = RED.view.reveal;
        RED.view.reveal = (id, ...more) => { window.flashed.push(id); return reveal.call(RED.view, id, ...more); }`);
      await row("Energy meter").getByRole("button").click();
      should(await shown()).equal("two");
      await editor.page.keyboard.press("Enter");
      should(await evaluate("window.flashed")).deepEqual(["meter", "log"]);
    });

    it("moves along the rows by the arrow keys, with one stop for Tab", async () => {
      const focused = () => evaluate("document.activeElement.innerText");
      await row("Energy meter").getByRole("button").focus();
      await editor.page.keyboard.press("End");
      should(await focused()).not.match(/Energy meter/);
      await editor.page.keyboard.press("Home");
      const first = await focused();
      await editor.page.keyboard.press("ArrowDown");
      should(await focused()).not.equal(first);
      await editor.page.keyboard.press("ArrowUp");
      should(await focused()).equal(first);
      should(await editor.page.locator(".mcast-sidebar-row button[tabindex='0']").count()).equal(1);
    });

    it("keeps the element of a row, and so its focus, from reply to reply", async () => {
      await row("Cellar").getByRole("button").focus();
      await nextAnswer();
      await nextAnswer();
      should(await evaluate("document.activeElement.innerText")).match(/Cellar/);
    });

    it("leaves the rows that match a filter by group or node", async () => {
      const filter = editor.page.getByRole("textbox", { name: "Filter by group or node" });
      await filter.fill("cellar");
      should(await editor.page.locator(".mcast-sidebar-row:visible").count()).equal(1);
      should(await editor.page.locator(".mcast-sidebar summary:visible").allInnerTexts()).containEql("Groups (1 of 2)");
      await filter.fill("no such node");
      await editor.page.getByText("No row matches the filter.").waitFor();
      await filter.fill("");
      await row("Energy meter").waitFor();
    });

    it("shows the findings of a check of the chosen row, or the reason why there are none", async () => {
      const finding = {
        id: "rmem",
        level: "fault",
        fact: "The buffer is small.",
        why: "It overflows.",
        remedy: "sysctl -w",
        details: {},
        link: "https://example.org/docs/x",
      };
      await row("Energy meter").getByRole("button").click();
      await editor.page.route("**/mcast/doctor", (route) => route.fulfill({ json: [{ ...finding, level: "ok" }, finding] }));
      const request = editor.page.waitForRequest("**/mcast/doctor");
      await press("Check");
      const sent = await request;
      should([sent.method(), sent.postDataJSON()]).deepEqual(["POST", { group, port }]);
      await editor.page.getByText("The buffer is small.").first().waitFor();
      should(await editor.page.locator(".mcast-sidebar-check").innerText()).match(
        /^Check 239.*Fault The buffer is small\.\s+It overflows\.\s+sysctl -w/s,
      );
      should(await editor.page.getByRole("link", { name: "More", exact: true }).first().getAttribute("href")).equal(finding.link);
      await editor.page.unroute("**/mcast/doctor");
      await editor.page.route("**/mcast/doctor", (route) => route.fulfill({ status: 404, body: "Cannot POST" }));
      await press("Check");
      await editor.page.getByText("This runtime cannot check.").waitFor();
      await editor.page.unroute("**/mcast/doctor");
      await press("Close");
      editor.complaints.length = 0; // the browser reports the 404
    });

    it("scrolls the rows to their start when it checks, where the findings are", async () => {
      await editor.page.setViewportSize({ width: 1400, height: 420 });
      await editor.page.route("**/mcast/doctor", (route) => route.fulfill({ json: [] }));
      await row("relaying").scrollIntoViewIfNeeded();
      should(await evaluate("document.querySelector('.mcast-sidebar-body').scrollTop")).not.equal(0);
      await press("Check");
      await editor.page.getByText("Nothing wrong was found.").waitFor();
      should(await evaluate("document.querySelector('.mcast-sidebar-body').scrollTop")).equal(0);
      await press("Close");
      await editor.page.unroute("**/mcast/doctor");
      await editor.page.setViewportSize({ width: 1400, height: 1000 });
    });

    it("keeps the focus at Check while it checks, and when the findings are closed", async () => {
      const focused = () => evaluate("document.activeElement.getAttribute('aria-label')");
      await editor.page.route("**/mcast/doctor", (route) => route.fulfill({ json: [] }));
      await editor.page.getByRole("button", { name: "Check", exact: true }).focus();
      await editor.page.keyboard.press("Enter");
      await editor.page.getByText("Nothing wrong was found.").waitFor();
      should(await focused()).equal("Check");
      await editor.page.keyboard.press("Tab");
      while ((await focused()) !== "Close") await editor.page.keyboard.press("Tab");
      await editor.page.keyboard.press("Enter");
      should(await focused()).equal("Check");
      await editor.page.unroute("**/mcast/doctor");
    });

    it("copies the rows as text", async () => {
      await evaluate("document.addEventListener('copy', () => { window.copied = document.activeElement.value; }, { once: true })");
      await press("Copy as text");
      const text = String(await evaluate("window.copied"));
      should(text).match(/^Multicast, \d{4}-.*\n\nGroups\n/);
      should(text.split("\n").filter((line) => line.startsWith(`${group}:${port} · joined on lo · `))).have.length(1);
    });

    it("does not change while it is paused, and goes on afterwards", async () => {
      await nextAnswer();
      await press("Pause");
      await say("two");
      should(await isStill()).be.true();
      should(await textOf("Energy meter")).match(/1 received/);
      await press("Pause"); // its name stays; that it is pressed is an attribute
      await row("2 received").first().waitFor();
    });

    for (const [claim, hide, show] of [
      ["its tab is behind another", "RED.sidebar.show('info')", "RED.sidebar.show('mcast')"],
      ["the sidebar is closed", "RED.actions.invoke('core:toggle-sidebar')", "RED.actions.invoke('core:toggle-sidebar')"],
      ["the page is hidden", visibility("hidden"), visibility("visible")],
    ] as const) {
      it(`asks for nothing while ${claim}, and asks at once when it is shown again`, async () => {
        await nextAnswer();
        await evaluate(hide);
        await editor.page.waitForTimeout(200); // a request that was under way
        should(await isStill()).be.true();
        const answer = nextAnswer();
        await evaluate(show);
        should((await answer).ok()).be.true();
      });
    }

    it("says what to do while no node receives, also where other programs have joined groups", async () => {
      const others = { rows: 1, columns: { group: { all: "224.0.0.251" }, interface: { all: "eth0" }, sockets: { all: 1 } } };
      const json = { time: Date.now(), groups: NO_ROWS, destinations: NO_ROWS, relays: NO_ROWS, others };
      await editor.page.route("**/mcast/activity", (route) => route.fulfill({ json }));
      await row("224.0.0.251").waitFor();
      await editor.page.getByText("No node receives, sends or relays yet.").waitFor();
      await editor.page.unroute("**/mcast/activity");
      await row("Energy meter").waitFor();
      should(await editor.page.getByText("No node receives, sends or relays yet.").isVisible()).be.false();
    });

    it("says that the runtime did not reply where a page comes instead, and goes on with the next reply", async () => {
      await editor.page.route("**/mcast/activity", (route) => route.fulfill({ contentType: "text/html", body: "<title>Sign in</title>" }));
      await editor.page.getByText("The runtime did not reply (200).").waitFor();
      should(await row("Energy meter").isVisible()).be.true();
      await editor.page.unroute("**/mcast/activity");
      await nextAnswer();
      await editor.page.getByText("The runtime did not reply (200).").waitFor({ state: "hidden" });
    });

    it("updates 500 rows in less than a tenth of the time between two replies", async () => {
      let received = 0;
      await editor.page.route("**/mcast/activity", (route) => {
        received += 1;
        return route.fulfill({ json: manyGroups(received) });
      });
      await editor.page.waitForFunction("document.querySelectorAll('.mcast-sidebar-row').length >= 500");
      const session = await editor.page.context().newCDPSession(editor.page);
      await session.send("Performance.enable");
      const busy = async () => {
        const { metrics } = await session.send("Performance.getMetrics");
        return metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0;
      };
      await evaluate("document.querySelector('.mcast-sidebar-row').dataset.same = 'yes'");
      const before = await busy();
      for (let each = 0; each < 3; each += 1) await nextAnswer();
      await editor.page.waitForTimeout(500); // the last of them is shown
      const each = ((await busy()) - before) / 3;
      if (process.env.MCAST_MEASURE) process.stderr.write(`${Math.round(each * 1000)} ms an answer\n`);
      should(each).be.below(0.2);
      should(await evaluate("document.querySelector('.mcast-sidebar-row').dataset.same")).equal("yes");
      await editor.page.unroute("**/mcast/activity");
    });
  });
}

function isActivity(request: Request): boolean {
  return request.url().includes("mcast/activity");
}

function visibility(state: string): string {
  return `Object.defineProperty(document, "visibilityState", { configurable: true, get: () => "${state}" });
    document.dispatchEvent(new Event("visibilitychange"))`;
}

const NO_ROWS = { rows: 0, columns: {} };

function manyGroups(received: number): object {
  const index = Array.from({ length: 500 }, (_, number) => number);
  const columns = {
    group: index.map((number) => `239.255.${number >> 8}.${number & 255}`),
    port: { all: 59559 },
    interface: { all: "eth0" },
    state: { all: "joined" },
    received: index.map((number) => received * (100 + ((number * 7919 + received * 104729) % 50))),
    lastAt: { all: Date.now() },
    lastFrom: { all: "192.0.2.5:4000" },
    lost: { all: 0 },
    ...Object.fromEntries(["bytes", "filtered", "refused", "refreshed", "healed", "reopened"].map((name) => [name, { all: 0 }])),
    listeners: { all: 1 },
    labels: { all: ["meter"] },
  };
  return { time: Date.now(), groups: { rows: 500, columns }, destinations: NO_ROWS, relays: NO_ROWS, others: NO_ROWS };
}
