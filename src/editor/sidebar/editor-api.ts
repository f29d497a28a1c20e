import type { EditorRED } from "node-red";
import { reasonText } from "../catalogue";
import type { Language } from "./language";

// Completes the published types, in which the clipboard's button is not a jQuery object.
interface Untyped {
  readonly i18n: { lang(): string };
  readonly clipboard: { copyText(text: string, button: JQuery, message: string): boolean };
}

declare const RED: EditorRED & Untyped;

/** The editor's language, with the catalogues of the sidebar and of the nodes. */
export function editorLanguage(): Language {
  return { translate, problem: reasonText, locale: RED.i18n.lang() };
}

const texts = new Map<string, string>();

/** A text of the sidebar's catalogue. Its placeholders are filled in here: Node-RED takes 20 µs for a text, and 500 rows have 4,000. */
export function translate(key: string, details: object = {}): string {
  const values = Object.entries(details);
  const text = texts.get(key) ?? RED._(fullKey(key), Object.fromEntries(values.map(([name]) => [name, `__${name}__`])));
  texts.set(key, text);
  return values.reduce((filled, [name, value]) => filled.replace(`__${name}__`, () => String(value)), text);
}

/** Returns the name of a node on the workspace, or its label in the palette if it has none; undefined for a missing node. */
export function nodeName(id: string): string | undefined {
  const node: unknown = RED.nodes.node(id);
  if (typeof node !== "object" || node === null) return undefined;
  const { name, type }: { readonly name?: unknown; readonly type?: unknown } = node;
  return typeof name === "string" && name !== "" ? name : String(type).replace("mcast-", "multicast ");
}

/** Shows a node on its tab, and lets it flash. */
export function reveal(id: string): void {
  RED.view.reveal(id);
}

/** Copies text, in pages without a secure connection too. Returns false if the browser refused. */
export function copy(text: string, button: HTMLElement): boolean {
  return RED.clipboard.copyText(text, $(button), fullKey("copied"));
}

/** Adds a tab beside debug. It can also be read while a form is open. */
export function addTab(content: HTMLElement): void {
  const name = translate("title");
  const tab = { id: "mcast", label: name, name, iconClass: "fa fa-sitemap", content, enableOnEdit: true, pinned: true };
  RED.sidebar.addTab(tab);
}

function fullKey(key: string): string {
  return `@mcast/node-red-mcast/mcast-sidebar:sidebar.${key}`;
}
