const ESCAPES: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/**
 * A text in which nothing can control a terminal: control characters (C0, C1), invisible and direction characters, and line
 * separators are written as escapes such as `\n`, `\x1b` or `\u202e`.
 */
export function printable(text: string): string {
  return text.replace(/[\p{C}\u2028\u2029]/gu, escaped);
}

/** A payload for a terminal: valid UTF-8 as its text, every other byte as `\xff`. */
export function printablePayload(payload: Uint8Array): string {
  const text = utf8Of(payload);
  if (text !== undefined) return printable(text);
  const bytes = Buffer.from(payload);
  // A lone byte is printable where it is ASCII; the rest is not text.
  return Array.from(bytes, (byte) => (byte < 0x80 ? printable(String.fromCharCode(byte)) : `\\x${byte.toString(16)}`)).join("");
}

/** A word of the command line as messages show it: in quotes, printable, and not longer than a line. */
export function quoted(word: string): string {
  const text = printable(word.slice(0, 1_000));
  return text.length > 60 ? `'${text.slice(0, 57)}...'` : `'${text}'`;
}

/** The text of bytes that are valid UTF-8; undefined for all others. */
export function utf8Of(payload: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(payload);
  } catch {
    return undefined;
  }
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const digits = code.toString(16);
  return (
    ESCAPES[character] ?? (code < 0x100 ? `\\x${digits.padStart(2, "0")}` : `\\u${code > 0xffff ? `{${digits}}` : digits.padStart(4, "0")}`)
  );
}
