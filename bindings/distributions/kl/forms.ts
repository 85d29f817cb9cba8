import { continuous } from "./continuous.ts";
import { discrete } from "./discrete.ts";
import type { Entry } from "./form.ts";
import { gamma } from "./gamma.ts";

let forms: readonly Entry[] | undefined;

/**
 * The closed forms of the families here. Made by the first divergence: a table that is made when its module is loaded keeps
 * all of the families in every bundle.
 */
export function closedForms(): readonly Entry[] {
  forms ??= [...continuous(), ...discrete(), ...gamma()];
  return forms;
}
