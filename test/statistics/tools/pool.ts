export interface Cells {
  readonly observed: readonly number[];
  readonly expected: readonly number[];
  /** Counted in cells of which exactly nothing was expected; these are in no pool. */
  readonly impossible: number;
}

/** The least expectation for which the chi-square law holds well in its tail; 5 is the usual rule for its middle. */
const LEAST = 10;

/** Merges neighbours until each cell expects at least 10. */
export function pool(observed: ArrayLike<number>, expected: ArrayLike<number>, least = LEAST): Cells {
  if (observed.length !== expected.length)
    throw new Error(`expected as many counts as expectations, got ${observed.length} and ${expected.length}`);
  const cells: { observed: number; expected: number }[] = [];
  let impossible = 0;
  let open = { observed: 0, expected: 0 };
  for (let i = 0; i < expected.length; i++) {
    if (expected[i] === 0) impossible += observed[i];
    else {
      open.observed += observed[i];
      open.expected += expected[i];
    }
    if (open.expected < least) continue;
    cells.push(open);
    open = { observed: 0, expected: 0 };
  }
  const last = cells.at(-1);
  if (last) {
    last.observed += open.observed;
    last.expected += open.expected;
  } else cells.push(open);
  return {
    observed: cells.map((cell) => cell.observed),
    expected: cells.map((cell) => cell.expected),
    impossible,
  };
}
