/**
 * Rows as columns, for a small reply: a value that is the same in every row is written once, repeated texts are numbered, and large
 * numbers such as times are written as differences. `reviveColumns` makes the rows again.
 */
export interface Columns {
  readonly rows: number;
  /** A value that is missing in a row is null. A column that is missing in all rows is left out. */
  readonly columns: Readonly<Record<string, Column>>;
}

/** One column: each value; or one value for all rows; or numbers of texts; or differences from the smallest number. */
export type Column =
  | readonly unknown[]
  | { readonly all: unknown }
  | { readonly words: readonly unknown[]; readonly at: readonly (number | null)[] }
  | { readonly least: number; readonly plus: readonly (number | null)[] };

/** Returns rows as columns. The values must be valid in JSON. */
export function toColumns(rows: readonly object[]): Columns {
  const cells = rows.map((row): Readonly<Record<string, unknown>> => ({ ...row }));
  const names = new Set(cells.flatMap((row) => Object.keys(row)));
  const columns = [...names].map((name) => [name, toColumn(cells.map((row) => row[name] ?? null))] as const);
  return { rows: rows.length, columns: Object.fromEntries(columns) };
}

/** For `JSON.parse(text, reviveColumns)`: returns rows where a value is `Columns`, and any other value as it is. */
export function reviveColumns(_name: string, value: unknown): unknown {
  if (!isColumns(value)) return value;
  const columns = Object.entries(value.columns).map(([name, column]) => [name, valuesOf(column)] as const);
  return Array.from({ length: value.rows }, (_, index) => {
    const cells = columns.map(([name, valueAt]) => [name, valueAt(index)] as const);
    return Object.fromEntries(cells.filter(([, cell]) => cell !== null));
  });
}

// The least number that is written as a difference. Below it, the difference is not much shorter.
const LARGE = 1_000_000;

function toColumn(values: readonly unknown[]): Column {
  const [first] = values;
  if (first !== null && values.every((value) => value === first)) return { all: first };
  return values.every(isNumber) ? differences(values) : texts(values);
}

function texts(values: readonly unknown[]): Column {
  const words: unknown[] = [];
  const numbers = new Map<unknown, number>();
  const at = values.map((value) => {
    if (value === null) return null;
    const key = typeof value === "object" ? JSON.stringify(value) : value;
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, words.length);
    return words.push(value) - 1;
  });
  if (words.length === 1 && !at.includes(null)) return { all: words[0] };
  return words.length > values.length / 2 ? values : { words, at };
}

function differences(values: readonly (number | null)[]): Column {
  let least = Number.POSITIVE_INFINITY;
  for (const value of values) if (value !== null && value < least) least = value;
  return least < LARGE ? values : { least, plus: values.map((value) => (value === null ? null : value - least)) };
}

function isNumber(value: unknown): value is number | null {
  return typeof value === "number" || value === null;
}

function isColumns(value: unknown): value is Columns {
  return typeof value === "object" && value !== null && "columns" in value && "rows" in value && typeof value.rows === "number";
}

function valuesOf(column: Column): (index: number) => unknown {
  if ("all" in column) return () => column.all;
  if ("words" in column) return (index) => column.words[column.at[index] ?? -1] ?? null;
  if ("plus" in column) {
    return (index) => {
      const plus = column.plus[index] ?? null;
      return plus === null ? null : column.least + plus;
    };
  }
  return (index) => column[index] ?? null;
}
