// Control, format and unassigned characters, line separators, and characters without a glyph by Unicode
// (Default_Ignorable_Code_Point). U+2800 is a braille pattern without dots.
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu;
// The same characters, and every blank except the space.
const INVISIBLE = /[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/** Returns true if a text has a character that a reader can't see, other than spaces. */
export function hasInvisible(text: string): boolean {
  return showInvisible(text) !== text;
}

/** Returns a text with `<U+200B>` in place of each character that a reader can't see, other than spaces. */
export function showInvisible(text: string): string {
  return text.replace(INVISIBLE, (character) => (character === " " ? " " : codeOf(character)));
}

/**
 * Returns a text on one line that cannot control a terminal: line breaks become spaces, and the codes of control and format
 * characters replace them, such as `<U+001B>`.
 */
export function printable(text: string): string {
  return text.replace(/[\t-\r]+/g, " ").replace(UNPRINTABLE, codeOf);
}

function codeOf(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  return `<U+${code}>`;
}
