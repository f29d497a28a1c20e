/**
 * True for the text of a group key: 64 hex digits, or base64 or base64url of 32 bytes. The 43rd character of base64 has two unused
 * bits, which encoders set to 0. A text with other bits there is not a key but, for example, a passphrase.
 */
export function isKeyText(text: string): boolean {
  return isHexKey(text) || /^(?:[A-Za-z0-9+/]{42}|[A-Za-z0-9_-]{42})[AEIMQUYcgkosw048]=?$/.test(text);
}

/** True for 64 hex digits. */
export function isHexKey(text: string): boolean {
  return /^[0-9a-f]{64}$/i.test(text);
}
