/** Wasm expressions, as binaryen names their parts: how to read and to replace each. */
import binaryen from "assemblyscript/binaryen";

const SETTERS = new Map([
  [binaryen.UnaryId, { value: binaryen.Unary.setValue }],
  [binaryen.BinaryId, { left: binaryen.Binary.setLeft, right: binaryen.Binary.setRight }],
  [
    binaryen.SelectId,
    {
      condition: binaryen.Select.setCondition,
      ifTrue: binaryen.Select.setIfTrue,
      ifFalse: binaryen.Select.setIfFalse,
    },
  ],
  [binaryen.LoadId, { ptr: binaryen.Load.setPtr }],
  [binaryen.StoreId, { ptr: binaryen.Store.setPtr, value: binaryen.Store.setValue }],
  [binaryen.LocalSetId, { value: binaryen.LocalSet.setValue }],
  [binaryen.SIMDShuffleId, { left: binaryen.SIMDShuffle.setLeft, right: binaryen.SIMDShuffle.setRight }],
  [
    binaryen.SIMDTernaryId,
    { a: binaryen.SIMDTernary.setA, b: binaryen.SIMDTernary.setB, c: binaryen.SIMDTernary.setC },
  ],
  [binaryen.SIMDShiftId, { vec: binaryen.SIMDShift.setVec, shift: binaryen.SIMDShift.setShift }],
  [binaryen.SIMDLoadId, { ptr: binaryen.SIMDLoad.setPtr }],
  [binaryen.SIMDExtractId, { vec: binaryen.SIMDExtract.setVec }],
  [binaryen.SIMDReplaceId, { vec: binaryen.SIMDReplace.setVec, value: binaryen.SIMDReplace.setValue }],
  [binaryen.SIMDLoadStoreLaneId, { ptr: binaryen.SIMDLoadStoreLane.setPtr, vec: binaryen.SIMDLoadStoreLane.setVec }],
]);

/**
 * The operands of an expression.
 * @returns {{ child: number, set: (child: number) => void }[] | undefined} undefined for a kind that is not listed here
 */
export function operandsOf(expression, info = infoOf(expression)) {
  const setters = SETTERS.get(info.id);
  return (
    setters &&
    Object.entries(setters).map(([name, set]) => ({ child: info[name], set: (child) => set(expression, child) }))
  );
}

/** The statements and values inside an expression that controls the flow, calls or drops. */
export function statementsOf({ children, body, condition, ifTrue, ifFalse, value, operands, id }) {
  if (SETTERS.has(id) || id === binaryen.ConstId) return [];
  return [...(children ?? []), ...(operands ?? []), body, condition, ifTrue, ifFalse, value].filter(
    (part) => typeof part === "number" && part !== 0,
  );
}

/** Some expressions (nop, unreachable) have no information to give. */
export function infoOf(expression) {
  try {
    return binaryen.getExpressionInfo(expression);
  } catch {
    return {};
  }
}
