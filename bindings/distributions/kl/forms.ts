import { CONTINUOUS } from "./continuous.ts";
import { DISCRETE } from "./discrete.ts";
import type { Entry } from "./form.ts";
import { GAMMA } from "./gamma.ts";

/** The closed forms of the families here. Tables, not calls: a bundle without `klDivergence` drops them. */
export const CLOSED_FORMS: readonly Entry[] = [...CONTINUOUS, ...DISCRETE, ...GAMMA];
