import { BlockList } from "node:net";
import { type Family, familyOf, withoutZone } from "../address";

/** The senders that a listener accepts, by address and range (Node.js calls its list of them a block list; here it lets in). */
export class AllowList {
  // A list for each family: in one for both, `::/0` would let in all of IPv4 as well (measured).
  readonly #lists: Readonly<Record<Family, BlockList>> = { IPv4: new BlockList(), IPv6: new BlockList() };
  #last = "";
  #isLastAllowed = false;

  /** `allow` in canonical form, as `readAllow` gives it. */
  constructor(allow: readonly string[]) {
    for (const sender of allow) {
      const [address = "", bits] = sender.split("/");
      const family = familyOf(address);
      if (bits === undefined) this.#lists[family].addAddress(address, KINDS[family]);
      else this.#lists[family].addSubnet(address, Number(bits), KINDS[family]);
    }
  }

  /** True for an address that is on the list; the zone of a link-local one does not count. */
  admits(address: string): boolean {
    if (address !== this.#last) {
      const plain = withoutZone(address);
      const family = familyOf(plain);
      this.#isLastAllowed = this.#lists[family].check(plain, KINDS[family]);
      this.#last = address;
    }
    return this.#isLastAllowed;
  }
}

const KINDS = { IPv4: "ipv4", IPv6: "ipv6" } as const;
