import { readProperty } from "../options/properties";
import { type GroupKey, readKey } from "./group-key";

/** The key of a group, and how far clocks may differ. */
export interface Sealing {
  readonly key: GroupKey;
  /** How many seconds a sender's clock and the network's delay may differ from this machine's clock. */
  readonly freshness: number;
}

/**
 * Reads the fields `key` (see `readKey`) and `freshness` (15 to 86400 seconds, default 30); undefined where there is no field `key`.
 * A field `key` without a value throws ERR_MCAST_KEY, so that a variable that is not set never sends what it should seal as plaintext.
 * Throws ERR_MCAST_OPTION for the freshness.
 */
export function readSealing(fields: Readonly<Record<string, unknown>>): Sealing | undefined {
  const freshness = readProperty("freshness", fields.freshness);
  return "key" in fields ? { key: readKey(fields.key), freshness } : undefined;
}
