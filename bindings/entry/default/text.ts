import { type Build, bestBuild, compile, type Wasm } from "../../core/index.ts";

/** The module comes from the text of the build that this engine takes. */
export function provideText(wasm: Wasm<unknown>, texts: Readonly<Record<Build, string>>): void {
  wasm.provide(() => {
    const build = bestBuild();
    return { module: compile(decode(texts[build])), build };
  });
}

/** The bytes that scripts/text.mjs wrote as text: it says how, and why. */
export function decode(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  let length = 0;
  let page = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < FIRST) page = (code - MARK) * PAGE;
    else {
      bytes[length++] = page + code - (code > BACKSLASH ? FIRST + 1 : FIRST) - TURN;
      page = 0;
    }
  }
  return bytes.subarray(0, length);
}

const PAGE = 86;
const TURN = 6;
const FIRST = 36; // "$"
const BACKSLASH = 92;
const MARK = 31; // page 1 is " ", 32
