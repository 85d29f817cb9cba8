/**
 * Bytes as text that compresses as well as the bytes: most bytes are one printable character and the others two, so a
 * repeated run of bytes is a repeated run of characters. Base64 hides it: gzip makes base64 of a module 40 % larger, and
 * hexadecimal digits 10 % (docs/decisions/0009-two-modules-provided-by-the-entry.md).
 *
 * A byte, turned by TURN (modulo 256), is character c of page p of 86. On page 0 it is the one character FIRST + c; on the
 * others the mark " " or "!" stands before it.
 */
import binaryen from "assemblyscript/binaryen";

const PAGE = 86;
const TURN = 6;
const FIRST = 36; // "$": above the quotation mark, and far enough below the last printable character
const MARKS = ["", " ", "!"];
const PAGES_OF_MEMORY = 3;

/** @param {Uint8Array} bytes */
export function encode(bytes) {
  let text = "";
  for (const byte of bytes) {
    const turned = (byte + TURN) & 255;
    text += MARKS[Math.floor(turned / PAGE)] + String.fromCharCode(FIRST + (turned % PAGE));
  }
  if (text.length > PAGES_OF_MEMORY * 65_536) throw new Error(`${text.length} characters: raise PAGES_OF_MEMORY`);
  return text;
}

/**
 * A module of about 100 bytes that decodes the text at address 0 in place and returns the number of bytes: the same loop in
 * JavaScript is interpreted when a program starts, and took 1 to 2 ms of its first call.
 */
export function decoder() {
  const module = binaryen.parseText(`(module
    (memory (export "memory") ${PAGES_OF_MEMORY})
    (func (export "decode") (param $characters i32) (result i32)
      (local $from i32) (local $to i32) (local $code i32)
      (loop $next
        (local.set $code (i32.load8_u (local.get $from)))
        (if (i32.lt_u (local.get $code) (i32.const ${FIRST})) (then
          (local.set $from (i32.add (local.get $from) (i32.const 1)))
          (local.set $code (i32.add
            (i32.load8_u (local.get $from))
            (i32.mul (i32.sub (local.get $code) (i32.const ${MARKS[1].charCodeAt(0) - 1})) (i32.const ${PAGE}))))))
        (i32.store8 (local.get $to) (i32.sub (local.get $code) (i32.const ${FIRST + TURN})))
        (local.set $to (i32.add (local.get $to) (i32.const 1)))
        (local.set $from (i32.add (local.get $from) (i32.const 1)))
        (br_if $next (i32.lt_u (local.get $from) (local.get $characters))))
      (local.get $to)))`);
  return module.emitBinary();
}
