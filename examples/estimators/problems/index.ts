import { categorical } from "./categorical.ts";
import type { StandardProblem } from "./problem.ts";
import { shared } from "./shared.ts";
import { simplex } from "./simplex.ts";
import { toy } from "./toy.ts";

export const problems: readonly StandardProblem[] = [toy(0.45), toy(0.499), shared, simplex, categorical];
