import { BlockList } from "node:net";
import { type Family, familyOf, withoutZone } from "../address";

/** The senders that a listener accepts, by address and range. Uses `BlockList` of Node.js, here to accept senders. */
export class AllowList {
  // One list for each family: in a common list `::/0` would match every IPv4 address too (measured on Node.js 20).
  readonly #lists: Readonly<Record<Family, BlockList>> = { IPv4: new BlockList(), IPv6: new BlockList() };
  #last = "";
  #isLastAllowed = false;

  /** Takes addresses and ranges in the canonical form that `readAllow` returns. */
  constructor(allow: readonly string[]) {
    for (const sender of allow) {
      const [address = "", bits] = sender.split("/");
      const family = familyOf(address);
      if (bits === undefined) this.#lists[family].addAddress(address, KINDS[family]);
      else this.#lists[family].addSubnet(address, Number(bits), KINDS[family]);
    }
  }

  /** Returns true for an address on the list. The zone of a link-local address is ignored. */
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
