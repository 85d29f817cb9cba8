import { sigmoid, type Tensor } from "../../graph/index.ts";
import { type Described, Distribution, type ValidateOptions } from "../distribution.ts";
import { fused } from "../fused.ts";
import { oneOf, type Values } from "../parameters.ts";
import { extendedReal, type Support, unitInterval } from "../support.ts";

/**
 * Log-odds, or probabilities: one of the two. At probabilities of exactly 0 and 1, whose log-odds are infinite, entropies
 * and divergences send no gradient.
 */
export interface Odds {
  readonly logits?: Values | undefined;
  readonly probs?: Values | undefined;
}

/** A family with a probability of success, given as such or by its log-odds. */
export abstract class WithOdds extends Distribution {
  protected readonly given: "logits" | "probs";

  protected constructor(
    odds: Odds,
    options: ValidateOptions,
    others: Readonly<Record<string, Described>> = {},
    allowed: { readonly logits: Support; readonly probs: Support } = { logits: extendedReal, probs: unitInterval },
  ) {
    const { name, values } = oneOf(odds, ["logits", "probs"]);
    super({ ...others, [name]: { values, allowed: allowed[name] } }, options);
    this.given = name;
  }

  get logits(): Tensor {
    return this.given === "logits" ? this.parameter("logits") : fused("logitOf", { probs: this.parameter("probs") });
  }

  get probs(): Tensor {
    return this.given === "probs" ? this.parameter("probs") : sigmoid(this.parameter("logits"));
  }
}
