import { Beta } from "../continuous/beta.ts";
import { Dirichlet } from "../continuous/dirichlet.ts";
import { Gamma } from "../continuous/gamma.ts";
import { fused } from "../fused.ts";
import { reduced } from "../rows.ts";
import { type Entry, entry } from "./form.ts";

export const GAMMA: readonly Entry[] = [
  entry(Beta, Beta, (p, q) =>
    fused("betaKl", {
      concentration1: p.concentration1,
      concentration0: p.concentration0,
      otherConcentration1: q.concentration1,
      otherConcentration0: q.concentration0,
    }),
  ),
  entry(Dirichlet, Dirichlet, (p, q) =>
    reduced("dirichletKl", { concentration: p.concentration, otherConcentration: q.concentration }),
  ),
  entry(Gamma, Gamma, (p, q) =>
    fused("gammaKl", {
      concentration: p.concentration,
      rate: p.rate,
      otherConcentration: q.concentration,
      otherRate: q.rate,
    }),
  ),
];
