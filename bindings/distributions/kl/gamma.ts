import { ShapeError } from "../../core/index.ts";
import { scalar, show } from "../../graph/extend.ts";
import type { Tensor } from "../../graph/index.ts";
import { Beta } from "../continuous/beta.ts";
import { Dirichlet } from "../continuous/dirichlet.ts";
import { Exponential } from "../continuous/exponential.ts";
import { Gamma } from "../continuous/gamma.ts";
import { fused } from "../fused.ts";
import { reduced } from "../rows.ts";
import { type Entry, entry } from "./form.ts";

interface Shaped {
  readonly concentration: Tensor;
  readonly rate: Tensor;
}

const between = (p: Shaped, q: Shaped): Tensor =>
  fused("gammaKl", {
    concentration: p.concentration,
    rate: p.rate,
    otherConcentration: q.concentration,
    otherRate: q.rate,
  });

/** An exponential number is a gamma one of concentration 1. */
const ofExponential = ({ rate }: Exponential): Shaped => ({ concentration: scalar(1), rate });

function dirichlet(p: Dirichlet, q: Dirichlet): Tensor {
  if (p.eventShape[0] !== q.eventShape[0])
    throw new ShapeError("q", `${p.eventShape[0]} categories, as p has`, show(q.eventShape));
  return reduced("dirichletKl", { concentration: p.concentration, otherConcentration: q.concentration });
}

export const gamma = (): readonly Entry[] => [
  entry(Beta, Beta, (p, q) =>
    fused("betaKl", {
      concentration1: p.concentration1,
      concentration0: p.concentration0,
      otherConcentration1: q.concentration1,
      otherConcentration0: q.concentration0,
    }),
  ),
  entry(Dirichlet, Dirichlet, dirichlet),
  entry(Exponential, Gamma, (p, q) => between(ofExponential(p), q)),
  entry(Gamma, Exponential, (p, q) => between(p, ofExponential(q))),
  entry(Gamma, Gamma, between),
];
