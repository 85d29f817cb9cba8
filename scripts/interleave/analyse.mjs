/** What a loop is: its shape, and its body as values. */
import binaryen from "assemblyscript/binaryen";
import { infoOf, operandsOf } from "../expressions.mjs";
import { rank } from "./schedule.mjs";

/** (loop $l (if (at < end) (block ..., at += step, br $l))) */
export function shapeOf(loop) {
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
export function analyse({ statements, counter, end }, locals) {
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
