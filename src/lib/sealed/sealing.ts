import type { GroupAndPort } from "../address";
import type { GroupKey } from "./group-key";
import type { Clock } from "./sealed-format";
import { SealedGroup, type SealedGroupClock } from "./sealed-group";
import { Sealer } from "./sealer";

/** The key of a group, and the limit by which clocks may differ. */
export class Sealing {
  readonly key: GroupKey;
  /** Seconds by which a sender's clock and the network's delay may differ from this machine's clock. */
  readonly freshness: number;

  constructor(key: GroupKey, freshness: number) {
    this.key = key;
    this.freshness = freshness;
  }

  /** Returns a sealer for the datagrams of one sender. */
  sealer(clock: Clock): Sealer {
    return new Sealer({ key: this.key, clock });
  }

  /** Returns an opener for one group and port and one listener. */
  group(to: GroupAndPort, clock: SealedGroupClock): SealedGroup {
    return new SealedGroup(to, this, clock);
  }
}
