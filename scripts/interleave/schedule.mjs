/** In which order one turn of a loop is done, and how many vectors then wait. */
import binaryen from "assemblyscript/binaryen";

/** `distance`: operations from a value to the end of the longest chain it begins. @returns the longest of all */
export function rank(values) {
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
export function schedule({ values }) {
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
export function mostLive(order) {
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
