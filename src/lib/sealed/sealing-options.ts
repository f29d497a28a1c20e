import { readProperty } from "../options/properties";
import { readKey } from "./group-key";
import { Sealing } from "./sealing";

/**
 * Reads the fields `key` (see `readKey`) and `freshness` (15 to 86400 seconds, default 30). Returns undefined if there is no field
 * `key`. Throws ERR_MCAST_KEY for a field `key` without a value, so that a variable that is not set never makes a program send
 * plaintext. Throws ERR_MCAST_OPTION for an invalid freshness.
 */
export function readSealing(fields: Readonly<Record<string, unknown>>): Sealing | undefined {
  const freshness = readProperty("freshness", fields.freshness);
  return "key" in fields ? new Sealing(readKey(fields.key), freshness) : undefined;
}
