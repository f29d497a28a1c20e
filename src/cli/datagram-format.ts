import { printablePayload, utf8Of } from "./terminal-text";

/** A received datagram, as a verb prints it. */
export interface Datagram {
  readonly payload: Buffer;
  readonly sender: { readonly address: string; readonly port: number };
  /** The group of the datagram. */
  readonly group: string | undefined;
  /** The interface of arrival; undefined if unknown. */
  readonly interface: string | undefined;
  /** For hear: true if the datagram was echoed. */
  readonly echoed?: boolean | undefined;
  /** The time at which it was sealed, in milliseconds since 1970; undefined if it was not sealed. */
  readonly sealedAt?: number | undefined;
}

export interface Format {
  readonly isJson: boolean;
  /** True if a line break follows each payload. */
  readonly hasLineBreak: boolean;
  readonly isTerminal: boolean;
}

/** Returns the printed form of a datagram: its payload, or one line of JSON. On a terminal, no part of it can control the terminal. */
export function formatDatagram(datagram: Datagram, { isJson, hasLineBreak, isTerminal }: Format): Uint8Array | string {
  if (isJson) return jsonLine(fieldsOf(datagram));
  if (isTerminal) return `${printablePayload(datagram.payload)}\n`;
  return hasLineBreak ? Buffer.concat([datagram.payload, Buffer.from("\n")]) : datagram.payload;
}

/** Returns the size of a payload in words. */
export function sizeText(bytes: number): string {
  return `${bytes} ${bytes === 1 ? "byte" : "bytes"}`;
}

function fieldsOf({ payload, sender, group, interface: name, echoed, sealedAt }: Datagram): object {
  const text = utf8Of(payload);
  return {
    time: new Date().toISOString(),
    group: group ?? null,
    interface: name ?? null,
    ip: sender.address,
    port: sender.port,
    size: payload.length,
    payload: text ?? payload.toString("base64"),
    encoding: text === undefined ? "base64" : "utf8",
    ...(echoed === undefined ? {} : { echoed }),
    ...(sealedAt === undefined ? {} : { sealedAt: new Date(sealedAt).toISOString() }),
  };
}

/**
 * Returns a value as one line of JSON. Escapes also the control characters above 0x7f and the invisible characters, which
 * JSON.stringify leaves as they are. The JSON value stays the same.
 */
export function jsonLine(value: object): string {
  const escaped = JSON.stringify(value).replace(/[\p{C}\u2028\u2029]/gu, (character) =>
    Array.from({ length: character.length }, (_none, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`).join(""),
  );
  return `${escaped}\n`;
}
