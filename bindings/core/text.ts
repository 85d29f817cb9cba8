import decoder from "./generated/decoder.ts";
import { bytesOfCharacters, compile, instantiate } from "./instantiate.ts";

/** The bytes that scripts/text.mjs wrote as text: it says how, and why a module decodes them. */
export function decode(text: string): Uint8Array {
  const module = compile(bytesOfCharacters(decoder));
  const { kernels, memory } = instantiate<{ decode(characters: number): number }>(module);
  new TextEncoder().encodeInto(text, new Uint8Array(memory.buffer));
  return new Uint8Array(memory.buffer, 0, kernels.decode(text.length));
}
