import should from "should";
import { McastError } from "../../src/lib/errors";
import { readIface } from "../../src/lib/options/properties";
import { hasInvisible, printable, showInvisible } from "../../src/lib/printable";

describe("text that is shown", () => {
  const invisible = [
    "\u200b",
    "\u00ad",
    "\u2060",
    "\ufeff",
    "\u3164",
    "\u115f",
    "\ufe0f",
    "\u2800",
    "\u202e",
    "\u00a0",
    "\u0007",
    "\u{e0001}",
  ];

  it("shows invisible characters by their codes", () => {
    should(showInvisible("eth0\u200b")).equal("eth0<U+200B>");
    should(showInvisible("Ethernet 2")).equal("Ethernet 2");
    for (const each of invisible) should(showInvisible(`eth0${each}`)).match(/^eth0<U\+[0-9A-F]{4,}>$/);
    should(invisible.filter((each) => !hasInvisible(`eth${each}0`))).be.empty();
    should(["eth0", "Ethernet 2", "Wi-Fi é", "以太网", "イーサネット"].filter(hasInvisible)).be.empty();
  });

  it("stays on one line, controls no terminal, and leaves the blanks of other languages alone", () => {
    should(printable("a\u001b]0;x\u0007\r\nb\u009bc\u2028d")).equal("a<U+001B>]0;x<U+0007> b<U+009B>c<U+2028>d");
    should(printable("lien\u00a0: lent\u3000です")).equal("lien\u00a0: lent\u3000です");
  });

  it("escapes the name of an interface in an error, since it may contain an escape sequence on Linux", () => {
    const error = new McastError("send-firewall", { interface: "e\u001b[2Jth" });
    should(error.message).equal("The local firewall blocks sending on e<U+001B>[2Jth");
    should(error.withMessage("Senden über e\u001b[2Jth").message).equal("Senden über e<U+001B>[2Jth");
  });

  it("is refused as the name of an interface if it has invisible characters", () => {
    for (const each of invisible) {
      should(() => readIface(`eth0${each}x`, "all")).throw(/^Interface must be default, all, .*, not eth0<U\+[0-9A-F]+>x$/, {
        code: "ERR_MCAST_OPTION",
      });
    }
    should(() => readIface(Array(257).fill("eth0"), "all")).throw(/^257 interfaces are too many \(at most 256\)/);
    should(readIface("Ethernet 2, eth0", "all")).deepEqual(["Ethernet 2", "eth0"]);
  });
});
