import type { Problem } from "../../lib/diagnostics/problem";

/** The reader's language: the texts of the catalogue, numbers, and times that have passed. */
export interface Language {
  /** Returns a text of the sidebar's catalogue. */
  translate(key: string, details?: object): string;
  /** Returns a failure or a warning as one sentence. */
  problem(problem: Problem): string;
  readonly locale: string;
}

// The age below which a time is shown as `just now`. Times are noted up to 2 s late, and the replies come 2 s apart.
const JUST_NOW_MS = 5000;
const UNITS = [
  { unit: "day", ms: 86_400_000 },
  { unit: "hour", ms: 3_600_000 },
  { unit: "minute", ms: 60_000 },
  { unit: "second", ms: 1000 },
] as const;

/** Returns the age of an event, as in `12 s ago`; `just now` below 5 s. */
export function ago(ms: number, { translate, locale }: Language): string {
  const largest = UNITS.find((each) => ms >= each.ms);
  if (ms < JUST_NOW_MS || !largest) return translate("justNow");
  return relativeTime(locale).format(-Math.floor(ms / largest.ms), largest.unit);
}

/** Returns a count with the separators of the language. */
export function count(value: number, { locale }: Language): string {
  return integers(locale).format(value);
}

/** Returns a rate in datagrams per second, with two digits below 10. */
export function rate(perSecond: number, { translate, locale }: Language): string {
  const digits = perSecond < 10 ? decimals(locale) : integers(locale);
  return translate("perSecond", { rate: digits.format(perSecond) });
}

// Makes each formatter once: making one takes 50 µs, and 500 rows need several each time.
const relativeTime = once((locale) => new Intl.RelativeTimeFormat(locale, { style: "narrow" }));
const integers = once((locale) => new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }));
const decimals = once((locale) => new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }));

function once<T>(make: (locale: string) => T): (locale: string) => T {
  const made = new Map<string, T>();
  return (locale) => {
    const known = made.get(locale) ?? make(locale);
    made.set(locale, known);
    return known;
  };
}
