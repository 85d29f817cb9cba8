import { checkInteger, checkOptions } from "../../core/index.ts";
import type { Estimator } from "../estimator.ts";
import { Joint } from "../joint.ts";
import { meanOf } from "../problem.ts";
import { onlyListed } from "./accept.ts";

/** Joint values that may be listed unless said. */
export const LIMIT = 65_536;

/** How much may be listed. */
export interface EnumerationOptions {
  /** Most joint values of the variables of a row: 65 536 by default. */
  readonly limit?: number;
}

/**
 * The exact gradient, sum p(z) f(z) d log p(z) over all values of the variables of a row together: no variance, and as many
 * evaluations as there are values. Best where these are few; the oracle for all the others.
 */
export function enumeration(options: EnumerationOptions = {}): Estimator {
  const { limit = LIMIT } = checkOptions(options, ["limit"]);
  checkInteger("limit", limit, 1);
  return {
    name: "enumeration",
    unbiased: true,
    differentiates: false,
    refuses: onlyListed,
    estimate(problem) {
      const value = meanOf(problem.evaluate(problem.draws));
      const joint = new Joint(problem, limit);
      const { rows } = problem;
      const n = joint.states;
      const tables = Array.from({ length: rows }, (_, row) => joint.probabilities(row));
      const drawn = joint.statesOf(problem.draws);
      // What cannot be may cost anything, also infinitely much: the draw is asked about in its place.
      const askedOf = (state: number, row: number): number =>
        tables[row]?.[state] === 0 ? (drawn[row] as number) : state;
      const costs = problem.evaluate(joint.points(n, askedOf));
      const f = costs.toArray();
      const p = new Float64Array(f.length);
      const mean = new Float64Array(rows);
      for (const [row, table] of tables.entries())
        for (const [state, each] of table.entries()) {
          p[state * rows + row] = each;
          (mean[row] as number) += each * (f[state * rows + row] as number);
        }
      // As sum dp = 0 the mean may be subtracted, and less is lost to rounding.
      const weights = p.map((each, i) => each * ((f[i] as number) - (mean[i % rows] as number)));
      return { value, credits: [{ of: costs, n, weights: p }, ...joint.credits(n, (state) => state, weights)] };
    },
  };
}
