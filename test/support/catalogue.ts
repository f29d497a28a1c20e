import type { Catalogue } from "../../src/nodes/messages";
import { read } from "./files";

/** The texts of English as Node-RED gives them, except those of the reasons, which are the library's own. */
export const english: Catalogue = (key, details = {}) => {
  const values: Readonly<Record<string, unknown>> = { ...details };
  const { mcast }: { mcast: Readonly<Record<string, Readonly<Record<string, string>>>> } = JSON.parse(
    read("src/nodes/locales/en-US/mcast.json"),
  );
  const [section = "", name = ""] = key.split(".");
  const text = (values.count === 1 ? mcast[section]?.[`${name}_one`] : undefined) ?? mcast[section]?.[name] ?? `mcast.${key}`;
  return text.replace(/__(\w+?)__/g, (_blank, word: string) => String(values[word]));
};
