/**
 * Vector constants of a wasm module, moved to a table in its memory.
 *
 * V8 builds an arbitrary v128.const from several instructions at each use and does not hoist it out of a loop; a load from
 * a constant address is one. Polynomials are full of constants, so this is worth a third of their time
 * (docs/performance.md). No bit of any result changes.
 */
import binaryen from "assemblyscript/binaryen";
import { infoOf, operandsOf, statementsOf } from "./expressions.mjs";

/**
 * @param {Uint8Array} wasm
 * @param {{ from: number; to: number }} room free bytes, below the data of the compiler
 * @returns {Uint8Array} the same module, its vector constants in memory
 */
export function tabulateConstants(wasm, { from, to }) {
  const module = binaryen.readBinary(wasm);
  module.setFeatures(binaryen.Features.All);
  const addresses = new Map();
  const addressOf = (bytes) => {
    const key = bytes.join();
    if (!addresses.has(key)) addresses.set(key, from + 16 * addresses.size);
    return addresses.get(key);
  };
  for (let i = 0; i < module.getNumFunctions(); i++) {
    const { module: imported, body } = binaryen.getFunctionInfo(module.getFunctionByIndex(i));
    if (!imported) visit(module, body, addressOf);
  }
  if (from + 16 * addresses.size > to)
    throw new Error(`${addresses.size} vector constants: more than their room holds`);

  const escaped = [...addresses.keys()]
    .join()
    .split(",")
    .map((byte) => `\\${Number(byte).toString(16).padStart(2, "0")}`);
  const segment = ` (data (i32.const ${from}) "${escaped.join("")}")\n (export`;
  const text = module.emitText();
  if (!text.includes(" (export")) throw new Error("no export to put the table of constants before");
  const result = binaryen.parseText(text.replace(" (export", () => segment));
  result.setFeatures(binaryen.Features.All);
  if (!result.validate()) throw new Error("the module with its constants in memory is not valid");
  return result.emitBinary();
}

function visit(module, expression, addressOf) {
  const info = infoOf(expression);
  for (const child of statementsOf(info)) visit(module, child, addressOf);
  for (const { child, set } of operandsOf(expression, info) ?? []) {
    const { id, type, value } = infoOf(child);
    if (id === binaryen.ConstId && type === binaryen.v128 && isWorthALoad(value))
      set(module.v128.load(0, 16, module.i32.const(addressOf(value))));
    else visit(module, child, addressOf);
  }
}

/** All zeros and all ones are one instruction as they are. */
const isWorthALoad = (bytes) => bytes.some((byte) => byte !== bytes[0]) || (bytes[0] !== 0 && bytes[0] !== 255);
