import type { Finding } from "./findings";
import { type Language, rate } from "./language";
import { type Row, SECTIONS } from "./rows";

/** A row as it is copied, with its rate in datagrams per second. */
export interface CopiedRow {
  readonly row: Row;
  readonly rate: number | undefined;
}

/** Returns rows and findings as plain text, for a report or a question: one line for each, below the names of their sections. */
export function textOf(time: number, rows: readonly CopiedRow[], findings: readonly Finding[], language: Language): string {
  const { translate } = language;
  const sections = SECTIONS.flatMap((section) => {
    const lines = rows.filter(({ row }) => row.section === section).map((each) => line(each, language));
    return lines.length === 0 ? [] : ["", translate(section), ...lines];
  });
  const found = findings.map(({ level, fact, remedy }) => [translate(level), fact, remedy].filter((text) => text !== "").join(" · "));
  const checks = found.length === 0 ? [] : ["", translate("check"), ...found];
  return [`${translate("title")}, ${new Date(time).toISOString()}`, ...sections, ...checks, ""].join("\n");
}

function line({ row, rate: perSecond }: CopiedRow, language: Language): string {
  const rates = perSecond === undefined ? [] : [rate(perSecond, language)];
  const parts = [row.title, row.state, ...rates, row.last, ...row.counts.map(({ text }) => text), row.names.join(", ")];
  return parts.filter((text) => text !== "").join(" · ");
}
