import { type EngineResults, identity, type Result, type Results, referenceOf } from "./results.ts";

/** An engine slower than this, in times the speed of the reference, is slower than the project allows. */
export const LEAST_SPEED = 0.6;

export interface Cell {
  readonly result: Result;
  /** Speed in times that of the reference engine. */
  readonly speed: number;
}

/** A case in every engine. */
export interface Row {
  readonly reference: Result;
  /** In the order of the other engines; undefined where one did not run the case. */
  readonly others: readonly (Cell | undefined)[];
}

export interface SideBySide {
  readonly reference: EngineResults;
  readonly others: readonly EngineResults[];
  readonly rows: readonly Row[];
}

/** The cases of the reference engine, with those of the others beside. */
export function sideBySide({ engines }: Pick<Results, "engines">): SideBySide {
  const reference = referenceOf(engines);
  const others = engines.filter((each) => each !== reference);
  const byIdentity = others.map(({ cases }) => new Map(cases.map((each) => [identity(each), each])));
  const rows = reference.cases.map((result) => ({
    reference: result,
    others: byIdentity.map((cases) => beside(result, cases.get(identity(result)))),
  }));
  return { reference, others, rows };
}

function beside(reference: Result, result: Result | undefined): Cell | undefined {
  return result && { result, speed: reference.ours.median / result.ours.median };
}

export const isTooSlow = (cell: Cell | undefined): boolean => cell !== undefined && cell.speed < LEAST_SPEED;
