import { absolute, add, choose, div, lessThan, max, negate, splat } from "./lanes";
import { exp } from "./exp";
import { log1p } from "./log";

/**
 * 1 / (1 + exp(-x)) over the whole range.
 * Identity: with e = exp(-|x|), sigmoid(|x|) = 1 / (1 + e) and sigmoid(-|x|) = e / (1 + e): nothing overflows or cancels.
 * Max error: 2.5 ulp
 */
@inline
export function sigmoid<V>(x: V): V {
  const one = splat<V>(1);
  const e = exp<V>(negate<V>(absolute<V>(x)));
  return div<V>(choose<V>(e, one, lessThan<V>(x, splat<V>(0))), add<V>(one, e));
}

/**
 * log(1 + exp(x)) = max(x, 0) + log1p(exp(-|x|)) over the whole range.
 * Max error: 2.5 ulp
 */
@inline
export function softplus<V>(x: V): V {
  return add<V>(max<V>(x, splat<V>(0)), log1p<V>(exp<V>(negate<V>(absolute<V>(x)))));
}
