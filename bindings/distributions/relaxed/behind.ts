import { ArgumentError } from "../../core/index.ts";
import { stopGradient, type Tensor } from "../../graph/index.ts";

/** What a sample was made from. */
interface Origin {
  /** The logarithm of a row, or the log-odds of a number. */
  readonly kind: "log" | "logit";
  /** Whether the sample was rounded to 0 and 1 on purpose (straight-through). */
  readonly hard: boolean;
  readonly at: Tensor;
}

/**
 * The density of a relaxed sample is taken where it was made from: the sample may have rounded to 0 or 1, and a
 * straight-through sample always has (Maddison, Mnih, Teh 2017, app. C.3). A law takes only an origin of its own kind: a
 * sample of another family is a value as any other.
 */
const origins = new WeakMap<Tensor, Origin>();

/** Notes what a sample was made from. */
export function carry(sample: Tensor, origin: Origin): Tensor {
  origins.set(sample, origin);
  return sample;
}

/** What a relaxed sample was made from; undefined for what is no sample, one of another kind, or a straight-through one. */
export function behind(sample: Tensor, kind: Origin["kind"]): Tensor | undefined {
  return find(sample, kind, false);
}

/** The same of a straight-through sample, whose value alone has no density. */
export function originOf(value: Tensor, kind: Origin["kind"]): Tensor {
  const origin = find(value, kind, true);
  if (origin) return origin;
  throw new ArgumentError(
    "value",
    "a sample of this step itself: the density is that of the relaxed sample behind it",
    "another tensor",
  );
}

function find(sample: Tensor, kind: Origin["kind"], hard: boolean): Tensor | undefined {
  const origin = origins.get(sample);
  return origin?.kind === kind && origin.hard === hard ? origin.at : undefined;
}

/** The sample as a constant that is made from a constant. */
export function stopped(sample: Tensor): Tensor {
  const origin = origins.get(sample);
  return origin ? carry(stopGradient(sample), { ...origin, at: stopGradient(origin.at) }) : stopGradient(sample);
}

/** Samples put together in another form, made from what they were made from in the same form. */
export function rearranged(samples: readonly Tensor[], how: (samples: readonly Tensor[]) => Tensor): Tensor {
  const all = samples.map((each) => origins.get(each));
  const [first] = all;
  const result = how(samples);
  if (!first || !all.every((each) => each?.kind === first.kind && each.hard === first.hard)) return result;
  return carry(result, { ...first, at: how(all.map((each) => (each as Origin).at)) });
}
