import { readFileSync } from "node:fs";
import should from "should";
import {
  ASK_NAMES,
  type AskFields,
  JOIN_NAMES,
  type JoinFields,
  LISTEN_NAMES,
  RELAY_NAMES,
  type RelayFields,
  SEND_NAMES,
  TARGET_NAMES,
} from "../../../src/lib/api/fields";
import { DEFAULTS, type PropertyName } from "../../../src/lib/options/properties";

interface Documented {
  readonly name: string;
  readonly comment: string;
}

describe("the fields of the library", () => {
  // Each property with its comment, as often as it is declared.
  const documented: readonly Documented[] = Array.from(
    readFileSync("src/lib/api/fields.ts", "utf8").matchAll(/\/\*\*((?:(?!\*\/).)*)\*\/\s*readonly (\w+)\??:/gs),
    ([, comment = "", name = ""]) => ({ name, comment: comment.replace(/\s+\*?\s*/g, " ") }),
  );

  it("are known by the names of their types", () => {
    const own = ["group", "port", "iface", "ttl", "loopback"];
    should([...TARGET_NAMES]).deepEqual(own);
    const sending = [...own, "sourcePort", "signal", "unref"];
    should([...SEND_NAMES]).deepEqual([...sending, "key"]);
    should([...ASK_NAMES]).deepEqual([...sending, "collect", "maxQueued", "maxQueuedBytes"]);
    should([...LISTEN_NAMES]).deepEqual([...JOIN_NAMES, "maxQueued", "maxQueuedBytes"]);
    should([...RELAY_NAMES].sort()).containDeep(["acknowledge", "echo", "echoIface", "hopPort", "maxRate"]);
  });

  it("have each a comment that names the default and the code of the error", () => {
    const all = new Set([...ASK_NAMES, ...LISTEN_NAMES, ...RELAY_NAMES]);
    should([...all].filter((name) => !documented.some((each) => each.name === name))).be.empty();
    const lacking = documented.filter(({ comment }) => !/(Default: |Required)/.test(comment) || !/throw `ERR_MCAST_\w+`/.test(comment));
    should(lacking.map(({ name }) => name)).be.empty();
  });

  it("state the defaults of the table of properties", () => {
    const written: Readonly<Partial<Record<PropertyName, string>>> = { allow: "every sender", echo: "`unchanged`", maxRate: "no cap" };
    for (const { name, comment } of documented) {
      const property = Object.keys(DEFAULTS).find((each): each is PropertyName => each === name && each !== "group");
      if (property === undefined || comment.includes("Required")) continue;
      // A group of a relay has an `echo` of its own.
      const wanted = comment.includes("without echoing") ? "true" : (written[property] ?? String(DEFAULTS[property]));
      should(comment).match(new RegExp(`Default: ${wanted.replace(/[()]/g, "\\$&")}[ .,]`), name);
    }
  });

  it("take every default of the table of properties", () => {
    const { group, port, ttl, loopback, allow, refresh, unicast, unref, maxRate, hopPort, collect, maxQueued, maxQueuedBytes } = DEFAULTS;
    const join: JoinFields = { group, port, allow, refresh, unicast, unref };
    const ask: AskFields = { group, port, ttl, loopback, collect, maxQueued, maxQueuedBytes };
    const relay: RelayFields = { group, maxRate, hopPort, echo: DEFAULTS.echo, acknowledge: DEFAULTS.acknowledge };
    should([join, ask, relay].flatMap(Object.values)).not.containEql(undefined);
  });
});
