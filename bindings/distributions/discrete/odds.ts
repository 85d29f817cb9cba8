import { sigmoid, type Tensor } from "../../graph/index.ts";
import { type Described, Distribution, type ValidateOptions } from "../distribution.ts";
import { type Constant, constant, type Fused, fused } from "../fused.ts";
import { oneOf, type Values } from "../parameters.ts";
import { extendedReal, type Support, unitInterval } from "../support.ts";

/**
 * Log-odds, or probabilities: one of the two. At probabilities of exactly 0 and 1, whose log-odds are infinite, entropies
 * and divergences send no gradient.
 */
export interface Odds {
  /** log(p / (1 - p)): any number, and the infinities where the family allows p = 0 or 1. */
  readonly logits?: Values | undefined;
  /** p, from 0 to 1, as far as the family allows the ends. */
  readonly probs?: Values | undefined;
}

/** Functions with a kernel of log-odds, NAME, and one of probabilities, NAMEOfProbs. */
type WithBoth<Name extends string> = { [N in Name]: `${N}OfProbs` extends Name ? N : never }[Name];

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

  /** Log-odds of a success: as given, or log(p / (1 - p)) of `probs`. */
  get logits(): Tensor {
    return this.given === "logits" ? this.parameter("logits") : fused("logitOf", { probs: this.parameter("probs") });
  }

  /** The probability of a success: as given, or sigmoid(`logits`). */
  get probs(): Tensor {
    return this.given === "probs" ? this.parameter("probs") : sigmoid(this.parameter("logits"));
  }

  /** f of other inputs and of the odds as they were given: by way of the other form it would lose digits, and ends. */
  protected byOdds(name: WithBoth<Fused>, others: Readonly<Record<string, Tensor>> = {}): Tensor {
    const { given } = this;
    return fused(given === "logits" ? name : `${name}OfProbs`, { ...others, [given]: this.parameter(given) });
  }

  /** The same without a gradient. */
  protected constantByOdds(name: WithBoth<Constant>, others: Readonly<Record<string, Tensor>>): Tensor {
    const { given } = this;
    return constant(given === "logits" ? name : `${name}OfProbs`, { ...others, [given]: this.parameter(given) });
  }
}
