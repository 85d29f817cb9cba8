/**
 * Bytes as text that compresses as well as the bytes: most bytes are one printable character and the others two, so a
 * repeated run of bytes is a repeated run of characters. Base64 hides it: gzip makes base64 of a module 40 % larger, and
 * hexadecimal digits 10 % (docs/decisions/0009-modules-as-text.md). bindings/entry/default/text.ts reads it.
 *
 * A byte, turned by TURN (modulo 256), is character c of page p of 86. On page 0 it is the one character FIRST + c; on the
 * others the mark " " or "!" stands before it.
 */
const PAGE = 86;
const TURN = 6;
const FIRST = 36; // "$": above the quotation mark, and far enough below the last printable character
const MARKS = ["", " ", "!"];

/** @param {Uint8Array} bytes */
export function encode(bytes) {
  let text = "";
  for (const byte of bytes) {
    const turned = (byte + TURN) & 255;
    text += MARKS[Math.floor(turned / PAGE)] + String.fromCharCode(FIRST + (turned % PAGE));
  }
  return text;
}
