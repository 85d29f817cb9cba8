import { ArgumentError } from "../../core/index.ts";
import { stopGradient, type Tensor } from "../../graph/index.ts";

/**
 * The logarithm, or the log-odds, that a relaxed sample was made from. The density is taken there: a sample may have
 * rounded to 0 or 1, and a straight-through sample always has (Maddison, Mnih, Teh 2017, app. C.3).
 */
const origins = new WeakMap<Tensor, Tensor>();

/** Notes what a sample was made from. */
export function carry(sample: Tensor, origin: Tensor): Tensor {
  origins.set(sample, origin);
  return sample;
}

export const behind = (sample: Tensor): Tensor | undefined => origins.get(sample);

/** The same of a straight-through sample, whose value alone has no density. */
export function originOf(value: Tensor): Tensor {
  const origin = behind(value);
  if (origin) return origin;
  throw new ArgumentError(
    "value",
    "a sample of this step itself: the density is that of the relaxed sample behind it",
    "another tensor",
  );
}

/** The sample as a constant that is made from a constant. */
export function stopped(sample: Tensor): Tensor {
  const origin = behind(sample);
  return origin ? carry(stopGradient(sample), stopGradient(origin)) : stopGradient(sample);
}
