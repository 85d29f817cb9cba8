import { broadcast, expand, scalar } from "../../graph/extend.ts";
import { add, div, mul, sub, type Tensor } from "../../graph/index.ts";
import { Cauchy } from "../continuous/cauchy.ts";
import { Exponential } from "../continuous/exponential.ts";
import { Gumbel } from "../continuous/gumbel.ts";
import { HalfNormal } from "../continuous/half-normal.ts";
import { Kumaraswamy } from "../continuous/kumaraswamy.ts";
import { Laplace } from "../continuous/laplace.ts";
import { LogNormal } from "../continuous/log-normal.ts";
import { Logistic } from "../continuous/logistic.ts";
import { Normal } from "../continuous/normal.ts";
import { Uniform } from "../continuous/uniform.ts";
import { Weibull } from "../continuous/weibull.ts";
import type { Distribution } from "../distribution.ts";
import { fused } from "../fused.ts";
import { type Entry, entry, type Family } from "./form.ts";

interface Placed {
  readonly loc: Tensor;
  readonly scale: Tensor;
}

type Pair = { readonly [name in keyof Placed | "otherLoc" | "otherScale"]: Tensor };

/** Parameters of both, as the kernels name them. */
const pair = (p: Placed, q: Placed): Pair => ({ ...p, otherLoc: q.loc, otherScale: q.scale });

const placed = ({ loc, scale }: Placed): Placed => ({ loc, scale });

const between = (p: Placed, q: Placed): Pair => pair(placed(p), placed(q));

const atZero = (scale: Tensor): Placed => ({ loc: scalar(0), scale });

const ofUniform = ({ low, high }: Uniform): Placed => ({ loc: low, scale: sub(high, low) });

/** An exponential number is a Weibull one of concentration 1. */
const ofExponential = ({ rate }: Exponential) => ({ scale: div(1, rate), k: scalar(1) });

const ofWeibull = ({ scale, concentration }: Weibull) => ({ scale, k: concentration });

const weibulls = (
  p: { readonly scale: Tensor; readonly k: Tensor },
  q: { readonly scale: Tensor; readonly k: Tensor },
): Tensor => fused("weibullKl", { ...p, otherScale: q.scale, otherK: q.k });

/**
 * From a normal q, every p is as far as the normal of its mean and deviation (of which `sd` is given for scale 1) and, on
 * top, its own distance from that normal: the negentropy, a constant of a family of locations and scales.
 */
const toNormal =
  <P extends Distribution & { mean(): Tensor }>(scale: (p: P) => Tensor, sd: number, negentropy: number) =>
  (p: P, q: Normal): Tensor =>
    add(fused("normalKl", pair({ loc: p.mean(), scale: mul(scale(p), sd) }, placed(q))), negentropy);

const infinite = (p: Family, q: Family): Entry =>
  entry(p, q, (p, q) => expand(scalar(Infinity), broadcast(p.batchShape, q.batchShape, "q")));

const FROM_ZERO = [Exponential, HalfNormal, LogNormal, Weibull];
const ON_THE_LINE = [Cauchy, Gumbel, Laplace, Logistic, Normal];

export const continuous = (): readonly Entry[] => [
  entry(Cauchy, Cauchy, (p, q) => fused("cauchyKl", between(p, q))),
  entry(Exponential, Exponential, (p, q) => weibulls(ofExponential(p), ofExponential(q))),
  entry(Exponential, Gumbel, (p, q) => fused("exponentialGumbelKl", pair(atZero(p.mean()), placed(q)))),
  entry(
    Exponential,
    Normal,
    toNormal((p) => p.mean(), 1, 0.4189385332046727),
  ),
  entry(Exponential, Weibull, (p, q) => weibulls(ofExponential(p), ofWeibull(q))),
  entry(Gumbel, Gumbel, (p, q) => fused("gumbelKl", between(p, q))),
  entry(
    Gumbel,
    Normal,
    toNormal(({ scale }) => scale, 1.282549830161864, 0.0905730195385126),
  ),
  entry(HalfNormal, HalfNormal, (p, q) => fused("normalKl", pair(atZero(p.scale), atZero(q.scale)))),
  entry(
    HalfNormal,
    Normal,
    toNormal(({ scale }) => scale, 0.6028102749890869, 0.1869944136213183),
  ),
  entry(Laplace, Laplace, (p, q) => fused("laplaceKl", between(p, q))),
  entry(
    Laplace,
    Normal,
    toNormal(({ scale }) => scale, Math.SQRT2, 0.07236494292469997),
  ),
  entry(LogNormal, LogNormal, (p, q) => fused("normalKl", between(p, q))),
  entry(
    Logistic,
    Normal,
    toNormal(({ scale }) => scale, 1.8137993642342178, 0.014362274720018053),
  ),
  entry(Normal, Gumbel, (p, q) => fused("normalGumbelKl", between(p, q))),
  entry(Normal, Laplace, (p, q) => fused("normalLaplaceKl", between(p, q))),
  entry(Normal, Normal, (p, q) => fused("normalKl", between(p, q))),
  entry(Uniform, Gumbel, (p, q) => fused("uniformGumbelKl", pair(ofUniform(p), placed(q)))),
  entry(
    Uniform,
    Normal,
    toNormal(({ low, high }) => sub(high, low), 0.28867513459481287, 0.17648520831067246),
  ),
  entry(Uniform, Uniform, ({ low, high }, q) => fused("uniformKl", { low, high, otherLow: q.low, otherHigh: q.high })),
  entry(Weibull, Exponential, (p, q) => weibulls(ofWeibull(p), ofExponential(q))),
  entry(Weibull, Weibull, (p, q) => weibulls(ofWeibull(p), ofWeibull(q))),
  // p has mass where q has none, or, of Cauchy, tails that q does not have.
  ...ON_THE_LINE.flatMap((p) => [...FROM_ZERO, Kumaraswamy, Uniform].map((q) => infinite(p, q))),
  ...FROM_ZERO.flatMap((p) => [Kumaraswamy, Uniform].map((q) => infinite(p, q))),
  ...[Gumbel, Laplace, Logistic, Normal].map((q) => infinite(Cauchy, q)),
];
