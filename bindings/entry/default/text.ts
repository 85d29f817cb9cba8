import { type Build, bestBuild, compile, type Wasm } from "../../core/index.ts";

/** The module comes from the text of the build that this engine takes. */
export function provideText(wasm: Wasm<unknown>, texts: Readonly<Record<Build, string>>): void {
  wasm.provide(() => {
    const build = bestBuild();
    return { module: compile(decode(texts[build])), build };
  });
}

/**
 * The bytes that scripts/text.mjs wrote as text: it says how, and why. In place, over the codes of the characters: an
 * engine that sees this loop for the first time interprets it, and it is a good part of a program's first call.
 */
export function decode(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  const characters = bytes.length;
  let length = 0;
  for (let i = 0; i < characters; i++) {
    let code = bytes[i] as number;
    if (code < FIRST) code = (bytes[++i] as number) + (code - MARK) * PAGE;
    bytes[length++] = code - FIRST - TURN; // modulo 256, as the array keeps it
  }
  return bytes.subarray(0, length);
}

const PAGE = 86;
const TURN = 6;
const FIRST = 36;
const MARK = 31; // " " is 32, and stands for page 1
