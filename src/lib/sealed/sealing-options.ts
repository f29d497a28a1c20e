import { readProperty } from "../options/properties";
import { type GroupKey, readKey } from "./group-key";

/** The key of a group, and the limit by which clocks may differ. */
export interface Sealing {
  readonly key: GroupKey;
  /** Seconds by which a sender's clock and the network's delay may differ from this machine's clock. */
  readonly freshness: number;
}

/**
 * Reads the fields `key` (see `readKey`) and `freshness` (15 to 86400 seconds, default 30). Returns undefined if there is no field
 * `key`. Throws ERR_MCAST_KEY for a field `key` without a value, so that a variable that is not set never makes a program send
 * plaintext. Throws ERR_MCAST_OPTION for an invalid freshness.
 */
export function readSealing(fields: Readonly<Record<string, unknown>>): Sealing | undefined {
  const freshness = readProperty("freshness", fields.freshness);
  return "key" in fields ? { key: readKey(fields.key), freshness } : undefined;
}
