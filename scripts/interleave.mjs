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
import { infoOf, operandsOf } from "./expressions.mjs";

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

// --- what the loop is -------------------------------------------------------------------------------------------------

/** (loop $l (if (at < end) (block ..., at += step, br $l))) */
function shapeOf(loop) {
  const branch = infoOf(infoOf(loop).body);
  if (branch.id !== binaryen.IfId || branch.ifFalse) return undefined;
  const { id, op, left, right } = infoOf(branch.condition);
  if (id !== binaryen.BinaryId || (op !== binaryen.LtUInt32 && op !== binaryen.GtUInt32)) return undefined;
  const [counter, end] = op === binaryen.LtUInt32 ? [infoOf(left), right] : [infoOf(right), left];
  if (counter.id !== binaryen.LocalGetId || ![binaryen.LocalGetId, binaryen.ConstId].includes(infoOf(end).id))
    return undefined;
  const statements = [...(infoOf(branch.ifTrue).children ?? [])];
  const jump = infoOf(statements.pop());
  if (jump.id !== binaryen.BreakId || jump.name !== infoOf(loop).name || jump.condition) return undefined;
  const step = stepOf(statements.pop(), counter.index);
  return step && { loop, condition: branch.condition, counter: counter.index, end, step, statements };
}

function stepOf(statement, counter) {
  const { id, index, value } = infoOf(statement);
  if (id !== binaryen.LocalSetId || index !== counter) return undefined;
  const { op, left, right } = infoOf(value);
  const [by, from] = [infoOf(right).value, infoOf(left)];
  if (from.id !== binaryen.LocalGetId || from.index !== counter || typeof by !== "number") return undefined;
  const step = op === binaryen.AddInt32 ? by : op === binaryen.SubInt32 ? -by : 0;
  return step > 0 && step % 16 === 0 ? step : undefined;
}

/**
 * The body as values: each an operation on earlier ones. `kind` says how a value differs from turn to turn:
 *   constant, uniform  not at all          (uniform values move out of the loop)
 *   address            by a multiple of the step, its `factor`
 *   lane               freely
 */
function analyse({ statements, counter, end }, locals) {
  const current = new Map();
  const values = [];
  const assigned = assignedIn(statements);
  if (assigned.has(counter) || assigned.has(infoOf(end).index)) return undefined;

  const add = (value) => values.push(value) && value;
  const read = (index, expression) => {
    const known = current.get(index);
    if (known) return known;
    if (assigned.has(index)) return undefined; // what the turn before left
    const kind = index === counter ? "address" : "uniform";
    const value = { kind, expression, type: typeOf(locals, index), local: index, operands: [], leaf: true, factor: 1 };
    current.set(index, value);
    return value;
  };

  const visit = (expression) => {
    const info = infoOf(expression);
    if (info.id === binaryen.LocalGetId) return read(info.index, expression);
    if (info.id === binaryen.ConstId)
      return { kind: "constant", expression, type: info.type, operands: [], leaf: true };
    const slots = operandsOf(expression, info);
    if (!slots) return undefined;
    const operands = slots.map(({ child }) => visit(child));
    if (operands.some((operand) => !operand)) return undefined;
    if (info.id === binaryen.LocalSetId) {
      current.set(info.index, operands[0]);
      return operands[0];
    }
    const kind = kindOf(info, operands);
    const factor = kind === "address" ? factorOf(info, operands) : 0;
    return (
      kind && add({ kind, expression, type: info.type, operands, slots, id: info.id, offset: info.offset, factor })
    );
  };

  for (const statement of statements) if (!visit(statement)) return undefined;
  const results = new Map([...assigned].map((index) => [index, current.get(index)]));
  if (!values.some(({ id }) => id === binaryen.StoreId) && results.size === 0) return undefined;
  if (!isOrdered(values)) return undefined;
  return { values, results, chain: rank(values) };
}

function assignedIn(statements) {
  const found = new Set();
  const visit = (expression) => {
    const info = infoOf(expression);
    if (info.id === binaryen.LocalSetId) found.add(info.index);
    for (const { child } of operandsOf(expression, info) ?? []) visit(child);
  };
  statements.forEach(visit);
  return found;
}

const typeOf = ({ params, vars }, index) => (index < params.length ? params[index] : vars[index - params.length]);

function kindOf({ id, op }, operands) {
  const kinds = operands.map(({ kind }) => kind);
  const fixed = (kind) => kind === "constant" || kind === "uniform";
  if (id === binaryen.LoadId) return kinds[0] === "address" ? "lane" : undefined;
  if (id === binaryen.StoreId) return kinds[0] === "address" && kinds[1] === "lane" ? "lane" : undefined;
  if (id === binaryen.SIMDLoadId || id === binaryen.SIMDLoadStoreLaneId || mayTrap(id, op)) return undefined;
  if (kinds.every(fixed)) return "uniform";
  if (!kinds.includes("address")) return "lane";
  const [left, right] = kinds;
  const linear =
    (op === binaryen.AddInt32 && kinds.every((kind) => kind === "address" || fixed(kind))) ||
    (op === binaryen.SubInt32 && left === "address" && fixed(right)) ||
    (op === binaryen.ShlInt32 && left === "address" && right === "constant");
  return id === binaryen.BinaryId && linear ? "address" : undefined;
}

/** How many steps a sum or a multiple of addresses moves in a turn. */
function factorOf({ op }, [left, right]) {
  const moves = ({ kind, factor }) => (kind === "address" ? factor : 0);
  return op === binaryen.ShlInt32 ? moves(left) * 2 ** infoOf(right.expression).value : moves(left) + moves(right);
}

/** Divisions of integers and conversions to them trap; moved before a loop of no turns, they would do so for nothing. */
const mayTrap = (id, op) =>
  (id === binaryen.BinaryId && DIVISIONS.has(op)) || (id === binaryen.UnaryId && TRUNCATIONS.has(op));
const operations = (pattern) =>
  new Set(
    Object.keys(binaryen)
      .filter((name) => pattern.test(name))
      .map((name) => binaryen[name]),
  );
const DIVISIONS = operations(/^(Div|Rem)[SU]Int/);
const TRUNCATIONS = operations(/^Trunc[SU]Float/);

/** No load after a store: all turns load before any of them stores. */
function isOrdered(values) {
  const ids = values.map(({ id }) => id);
  const store = ids.indexOf(binaryen.StoreId);
  return store < 0 || ids.lastIndexOf(binaryen.LoadId) < store;
}

// --- in which order ----------------------------------------------------------------------------------------------------

/** `distance`: operations from a value to the end of the longest chain it begins. @returns the longest of all */
function rank(values) {
  for (const value of values) value.distance = 1;
  for (const value of [...values].reverse())
    for (const operand of value.operands)
      if (!operand.leaf) operand.distance = Math.max(operand.distance, value.distance + 1);
  return Math.max(...values.map(({ distance }) => distance));
}

/**
 * Of what can be done next, always what leaves the fewest vectors waiting; of equals what the longest chain waits for.
 * Stores come after all loads, in their order: arrays may be the same.
 */
function schedule({ values }) {
  const waiting = new Set(values.filter(({ kind }) => kind === "lane"));
  const uses = new Map();
  for (const value of waiting)
    for (const operand of new Set(value.operands)) uses.set(operand, (uses.get(operand) ?? 0) + 1);
  const growth = (value) => {
    const dying = [...new Set(value.operands)].filter((each) => each.kind === "lane" && uses.get(each) === 1);
    return (uses.has(value) ? 1 : 0) - dying.length;
  };
  const isReady = (value) => {
    if (value.operands.some((operand) => waiting.has(operand))) return false;
    if (value.id !== binaryen.StoreId) return true;
    const memory = [...waiting].filter(({ id }) => id === binaryen.LoadId || id === binaryen.StoreId);
    return memory.every(({ id }) => id === binaryen.StoreId) && memory[0] === value;
  };
  const order = [];
  while (waiting.size > 0) {
    const next = [...waiting]
      .filter(isReady)
      .reduce((a, b) => ((growth(b) - growth(a) || a.distance - b.distance) < 0 ? b : a));
    waiting.delete(next);
    for (const operand of new Set(next.operands)) uses.set(operand, uses.get(operand) - 1);
    order.push(next);
  }
  return order;
}

/** The largest number of vectors of one turn that wait for a later operation. */
function mostLive(order) {
  const last = new Map();
  for (const [place, { operands }] of order.entries())
    for (const operand of operands) if (operand.kind === "lane") last.set(operand, place);
  let live = 0;
  let most = 1;
  for (const [place, value] of order.entries()) {
    live -= [...new Set(value.operands)].filter((operand) => last.get(operand) === place).length;
    if (last.has(value)) live++;
    most = Math.max(most, live);
  }
  return most;
}

// --- the new loop --------------------------------------------------------------------------------------------------------

class Emitter {
  constructor(module, locals, shape, turns) {
    Object.assign(this, { module, locals, shape, turns });
    this.places = new Map();
    this.before = [];
    this.code = [];
  }

  emit({ values, results }, order) {
    for (const value of values) if (value.kind === "uniform" || value.kind === "address") this.once(value);
    for (const value of order) this.deal(value);
    for (const [index, value] of results) this.code.push(this.module.local.set(index, this.last(value)));

    const { module, turns } = this;
    const { loop, condition, counter, end, step } = this.shape;
    const i32 = module.i32;
    const at = () => module.local.get(counter, binaryen.i32);
    const left = i32.sub(module.copyExpression(end), at());
    const enough = i32.gt_u(left, i32.const(step * (turns - 1)));
    const next = module.local.set(counter, i32.add(at(), i32.const(step * turns)));
    const label = `interleaved${loop}`;
    const body = module.block(null, [...this.code, next, module.br(label)]);
    const dealt = module.loop(label, module.if(i32.and(module.copyExpression(condition), enough), body));
    return module.block(null, [...this.before, dealt, loop]);
  }

  /** A value that all turns share: of uniform ones before the loop, of addresses in it. */
  once(value) {
    const local = this.local(value.type);
    const set = this.module.local.set(local, this.copy(value, 0));
    (value.kind === "uniform" ? this.before : this.code).push(set);
    this.places.set(value, () => local);
  }

  /** One operation of every turn. */
  deal(value) {
    const { module, turns } = this;
    const constants = value.operands.filter(({ kind, type }) => kind === "constant" && type === binaryen.v128);
    for (const constant of constants) {
      const local = this.local(binaryen.v128);
      this.code.push(module.local.set(local, module.copyExpression(constant.expression)));
      this.places.set(constant, () => local);
    }
    const locals = Array.from({ length: turns }, () => this.local(value.type));
    this.places.set(value, (turn) => locals[turn]);
    for (let turn = 0; turn < turns; turn++) {
      const copy = this.copy(value, turn);
      this.code.push(value.id === binaryen.StoreId ? copy : module.local.set(locals[turn], copy));
    }
  }

  copy({ expression, operands, slots, id, offset }, turn) {
    for (const [i, { set }] of slots.entries()) set(this.get(operands[i], turn));
    const copy = this.module.copyExpression(expression);
    for (const [i, { set, child }] of slots.entries()) set(child, i);
    const moved = () => offset + turn * this.shape.step * operands[0].factor;
    if (id === binaryen.LoadId) binaryen.Load.setOffset(copy, moved());
    if (id === binaryen.StoreId) binaryen.Store.setOffset(copy, moved());
    return copy;
  }

  get(value, turn) {
    const place = this.places.get(value);
    if (place) return this.module.local.get(place(turn), value.type);
    return this.module.copyExpression(value.expression);
  }

  /** What the last turn makes of a value. */
  last(value) {
    const result = this.get(value, this.turns - 1);
    const moved = (this.turns - 1) * this.shape.step * value.factor;
    return value.kind === "address" ? this.module.i32.add(result, this.module.i32.const(moved)) : result;
  }

  local(type) {
    if (type === binaryen.none) return -1;
    this.locals.vars.push(type);
    return this.locals.params.length + this.locals.vars.length - 1;
  }
}
