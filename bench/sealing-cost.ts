import { resolve } from "node:path";

/** Nanoseconds of CPU time that one call took. */
export interface SealingCost {
  readonly what: string;
  readonly cpu: number;
}

type Sealed = typeof import("../src/lib/sealed/sealer") &
  typeof import("../src/lib/sealed/opener") &
  typeof import("../src/lib/sealed/group-key") &
  typeof import("../src/lib/address");

/** Seals, opens and refuses datagrams without a socket. */
export function sealingCost({ bytes, count }: { readonly bytes: number; readonly count: number }): readonly SealingCost[] {
  const { Sealer, Opener, readKey, createKey, parseGroup } = load();
  const [group, port, clock] = [parseGroup("239.255.1.1"), 59559, { utc: () => Date.now(), now: () => performance.now() }];
  const key = readKey(createKey());
  const [sealer, payload] = [new Sealer({ key, clock }), Buffer.alloc(bytes, 0x2e)];
  const opener = new Opener({ key, group, port, freshness: 86_400, clock });
  const datagrams = Array.from({ length: count }, () => sealer.seal(payload, group, port));
  const forged = Buffer.from(datagrams[0] ?? payload);
  const altered = Buffer.from(forged);
  altered[20] = (altered[20] ?? 0) ^ 1;
  return [
    cost("seal", count, () => sealer.seal(payload, group, port)),
    cost("open", count, (index) => opener.open(datagrams[index] ?? payload)),
    cost("refuse: forged by an unknown sender", count, (index) => {
      forged.writeUInt32BE(index, 4);
      opener.open(forged);
    }),
    cost("refuse: altered, of a known sender", count, () => opener.open(altered)),
    cost("refuse: not sealed", count, () => opener.open(payload)),
  ];
}

function load(): Sealed {
  const modules = ["sealed/sealer", "sealed/opener", "sealed/group-key", "address"];
  return Object.assign({}, ...modules.map((name) => require(resolve(`dist/lib/${name}.js`))));
}

function cost(what: string, count: number, call: (index: number) => void): SealingCost {
  const before = process.cpuUsage();
  for (let index = 0; index < count; index += 1) call(index);
  const { user, system } = process.cpuUsage(before);
  return { what, cpu: ((user + system) * 1000) / count };
}
