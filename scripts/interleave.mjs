/**
 * Loops over vectors, several turns at a time.
 *
 * A polynomial is one long chain of products and sums: a turn of the loop waits for each of them, and the core stands idle.
 * So a loop that steps through memory is unrolled, and its turns are dealt out operation by operation: a0 b0 c0 d0, a1 b1 ...
 * The source keeps one formula for one vector, and every element sees the same operations in the same order: no bit changes.
 * Engines keep the order they are given (V8 from version 12 on, JavaScriptCore); the optimizer would not, so this comes last.
 *
 * What it takes: `for (; at < end; at += step)` around straight-line code on vectors whose turns are independent. Turns must
 * not load what an earlier turn stored: kernels may work in place, not on arrays that overlap by a part.
 */
import binaryen from "assemblyscript/binaryen";
import { infoOf } from "./expressions.mjs";
import { analyse, shapeOf } from "./interleave/analyse.mjs";
import { Emitter } from "./interleave/emit.mjs";
import { mostLive, schedule } from "./interleave/schedule.mjs";

/**
 * How many vectors may wait. x86-64 has 16 registers; V8 would gain a little from more turns, JavaScriptCore loses much to the
 * vectors that it then keeps in memory (docs/performance.md).
 */
const REGISTERS = 18;
const MOST_TURNS = 4;
/** Shorter chains overlap well enough on their own. */
const LEAST_CHAIN = 8;

/** @param {Uint8Array} wasm @returns {Uint8Array} */
export function interleaveLoops(wasm) {
  const module = binaryen.readBinary(wasm);
  module.setFeatures(binaryen.Features.All);
  const names = Array.from({ length: module.getNumFunctions() }, (_, i) =>
    binaryen.getFunctionInfo(module.getFunctionByIndex(i)),
  );
  for (const { name, module: imported, params, results, vars, body } of names) {
    if (imported) continue;
    const locals = { params: binaryen.expandType(params), vars: [...vars] };
    if (!visitLoops(module, body, locals)) continue;
    module.removeFunction(name);
    module.addFunction(name, params, results, locals.vars, body);
    module.runPassesOnFunction(name, ["coalesce-locals", "reorder-locals"]);
  }
  if (!module.validate()) throw new Error("the module with interleaved loops is not valid");
  return module.emitBinary();
}

function visitLoops(module, expression, locals) {
  const info = infoOf(expression);
  let changed = false;
  for (const [slot, child] of nested(expression, info)) {
    const loop = infoOf(child).id === binaryen.LoopId && interleaved(module, child, locals);
    if (loop) slot(loop);
    changed = loop || visitLoops(module, child, locals) || changed;
  }
  return Boolean(changed);
}

/** Where statements may stand, and how to replace them. */
function nested(expression, info) {
  if (info.id === binaryen.BlockId)
    return info.children.map((child, i) => [(by) => binaryen.Block.setChildAt(expression, i, by), child]);
  if (info.id === binaryen.LoopId) return [[(by) => binaryen.Loop.setBody(expression, by), info.body]];
  if (info.id === binaryen.IfId)
    return [
      [(by) => binaryen.If.setIfTrue(expression, by), info.ifTrue],
      [(by) => binaryen.If.setIfFalse(expression, by), info.ifFalse],
    ].filter(([, child]) => child);
  return [];
}

/** The loop with its turns dealt out, and after it the loop as it was for the turns that are left; undefined if it does not qualify. */
function interleaved(module, loop, locals) {
  const shape = shapeOf(loop);
  const body = shape && analyse(shape, locals);
  if (!body) return undefined;
  const order = schedule(body);
  const turns = Math.min(MOST_TURNS, Math.floor(REGISTERS / mostLive(order)));
  if (body.chain < LEAST_CHAIN || turns < 2) return undefined;
  return new Emitter(module, locals, shape, turns).emit(body, order);
}
