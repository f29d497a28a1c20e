import fc from "fast-check";

/** Values that are almost valid, or valid for another property. */
const ALMOST = [
  ...[
    "239.255.1.1",
    "239.255.1.1:5000",
    "[ff02::1]:5000",
    "ff02::1%lo",
    "232.1.1.1",
    "10.0.0.1",
    "10.0.0.0/8",
    "::ffff:239.1.1.1",
    "224.0.0.1:",
  ],
  ...[
    "239.1",
    "0x1",
    "1e3",
    "-0",
    "65536",
    "Infinity",
    "NaN",
    "$(HOME)",
    "all,default",
    ",",
    " ",
    "\0",
    "\u2028",
    "\ud800",
    "__proto__",
    "[",
    "]%",
    "%%",
  ],
  ...["join", "leave", "groups", "output", "collect", "json", "true", "constructor"],
];

/** Any value that JSON, a function node or another program may give, and worse ones. */
export const anything: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(...ALMOST),
  fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withTypedArray: true,
    withNullPrototype: true,
    withSparseArray: true,
  }),
  fc.array(fc.constantFrom<unknown>(...ALMOST, { group: "239.255.1.1", echo: "?" }, { group: {} }, null)),
  fc.constantFrom<unknown>(
    Symbol("secret"),
    () => "called",
    new Date(Number.NaN),
    circular(),
    deep(5_000),
    "9".repeat(1_000_000),
    ":".repeat(100_000),
  ),
  fc.constantFrom<unknown>(
    refusing("toJSON"),
    refusing("toString"),
    { toJSON: () => undefined, toString: refuse },
    { [Symbol.toPrimitive]: refuse },
  ),
);

/** Makes objects that throw when they are read, as a function node may. Each is new, because reading may change it. */
export const makeTraps: ReadonlyArray<() => unknown> = [
  () => new Proxy({}, TRAPS),
  () => new Proxy([], TRAPS),
  () => new Proxy(new Uint8Array(3), TRAPS),
  () => revocable().proxy,
  () => Object.create(Uint8Array.prototype),
  () => Object.create(null),
  () => [revocable().proxy],
  () => ({
    get group() {
      return refuse();
    },
    get echo() {
      return refuse();
    },
  }),
  () => Object.defineProperty(["239.255.1.1"], 0, { get: refuse }),
  () => handedOn(new Uint8Array(8)),
  () => handedOn(new DataView(new ArrayBuffer(8))),
  () => handedOn(new Uint8Array(8)).buffer,
  () => new Uint8Array(new SharedArrayBuffer(8)),
  () => ({
    toJSON: () => {
      throw revocable().proxy;
    },
  }),
  () => Object.assign(() => 1, { toString: refuse }),
  () => "e".repeat(1_000_000),
  () => Array.from({ length: 10_000 }, (_each, number) => `none${number % 300}/`),
];

/** The bytes of a datagram: random ones, JSON-like ones, and ones like a text of HEAR. */
export const datagram: fc.Arbitrary<Buffer> = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc.integer({ min: 0, max: 65507 }).map((size) => Buffer.alloc(size, '[{"__proto__":')),
  fc.json({ maxDepth: 6 }).map((text) => Buffer.from(text)),
  fc.string({ unit: "binary", maxLength: 200 }).map((text) => Buffer.from(text)),
  fc
    .constantFrom(
      ...[
        '{"__proto__":{"polluted":1}}',
        '{"constructor":{"prototype":{"polluted":1}}}',
        '[{"__proto__":{"polluted":1}}]',
        '{"a":1,"a":2}',
        "1e999",
        '"\\ud800"',
      ],
      ...[
        "[".repeat(65_000),
        '{"a":'.repeat(10_000),
        "HEAR [ ",
        "HEAR [ HEAR [  SAID ('",
        "HEAR [ X SAID ('1.2.3.4', 5) ] from 239.255.1.1",
        "STOP",
        "",
      ],
    )
    .map((text) => Buffer.from(text)),
  fc
    .tuple(fc.integer({ min: 1, max: 9_000 }), fc.string({ maxLength: 20 }))
    .map(([depth, end]) => Buffer.from("HEAR [ ".repeat(depth) + end)),
);

function refuse(): never {
  throw new Error("it refuses");
}

function refusing(method: string): object {
  return { group: "239.255.1.1", [method]: refuse };
}

const TRAPS: ProxyHandler<object> = Object.fromEntries(Object.getOwnPropertyNames(Reflect).map((name) => [name, refuse]));

function revocable(): { proxy: object } {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return { proxy };
}

function handedOn<T extends ArrayBufferView>(view: T): T {
  if (view.buffer instanceof ArrayBuffer) structuredClone(view.buffer, { transfer: [view.buffer] });
  return view;
}

function circular(): object {
  const one: { self?: object } = {};
  one.self = one;
  return one;
}

function deep(levels: number): unknown {
  let value: unknown = "deep";
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
}
