import { readFileSync } from "node:fs";
import type { Language } from "../../../src/editor/sidebar/language";

const { sidebar }: { readonly sidebar: Readonly<Record<string, string>> } = JSON.parse(
  readFileSync("src/nodes/locales/en-US/mcast-sidebar.json", "utf8"),
);

/** The sidebar's English, as the editor gives it. */
export const english: Language = {
  translate: (key, details = {}) => {
    const text = sidebar[key];
    if (text === undefined) throw new Error(`no text ${key}`);
    return Object.entries(details).reduce((filled, [name, value]) => filled.replace(`__${name}__`, String(value)), text);
  },
  problem: ({ message }) => message,
  locale: "en-US",
};
