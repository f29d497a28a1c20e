import { BlockList } from "node:net";
import { familyOf } from "./address";

/** The senders that a listener accepts, by address and range (Node.js calls its list of them a block list; here it lets in). */
export class AllowList {
  readonly #list = new BlockList();
  #last = "";
  #isLastAllowed = false;

  /** `allow` in canonical form, as `readAllow` gives it. */
  constructor(allow: readonly string[]) {
    for (const sender of allow) {
      const [address = "", bits] = sender.split("/");
      if (bits === undefined) this.#list.addAddress(address, kindOf(address));
      else this.#list.addSubnet(address, Number(bits), kindOf(address));
    }
  }

  /** True for an address that is on the list; the zone of a link-local one does not count. */
  admits(address: string): boolean {
    if (address !== this.#last) {
      const [plain = ""] = address.split("%");
      this.#isLastAllowed = this.#list.check(plain, kindOf(plain));
      this.#last = address;
    }
    return this.#isLastAllowed;
  }
}

function kindOf(address: string): "ipv4" | "ipv6" {
  return familyOf(address) === "IPv4" ? "ipv4" : "ipv6";
}
