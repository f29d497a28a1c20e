import { readProperty } from "../options/properties";
import type { Sealing } from "./sealing";

/**
 * Reads the fields `key` (see `readKey`) and `freshness` (15 to 86400 seconds, default 30). Returns undefined if there is no field
 * `key`. Throws ERR_MCAST_KEY for a field `key` without a value, so that a variable that is not set never makes a program send
 * plaintext. Throws ERR_MCAST_OPTION for an invalid freshness.
 */
export function readSealing(fields: Readonly<Record<string, unknown>>): Sealing | undefined {
  const freshness = readProperty("freshness", fields.freshness);
  if (!("key" in fields)) return undefined;
  // Loads the modules of sealed groups when a key is first read: most processes use none.
  const { readKey }: typeof import("./group-key") = require("./group-key");
  const { Sealing }: typeof import("./sealing") = require("./sealing");
  return new Sealing(readKey(fields.key), freshness);
}
