/**
 * Bytes as text that compresses as well as the bytes: most bytes are one printable character and the others two, so a
 * repeated run of bytes is a repeated run of characters. Base64 hides it: gzip makes base64 of a module 40 % larger, and
 * hexadecimal digits 10 % (docs/decisions/0009-two-modules-as-text.md). bindings/entry/default/text.ts reads it.
 *
 * A byte b, turned by TURN, is number c of page p of 86. On page 0 it is one character; on the others the mark " " or "!" stands first.
 */
const PAGE = 86;
const TURN = 6;
const MARKS = ["", " ", "!"];

/** @param {Uint8Array} bytes */
export function encode(bytes) {
  let text = "";
  for (const byte of bytes) {
    const turned = (byte + TURN) & 255;
    text += MARKS[Math.floor(turned / PAGE)] + CHARACTERS[turned % PAGE];
  }
  return text;
}

/** From "$" on, without the backslash. */
const CHARACTERS = Array.from({ length: PAGE }, (_, i) => String.fromCharCode(36 + i + (36 + i >= 92 ? 1 : 0)));
