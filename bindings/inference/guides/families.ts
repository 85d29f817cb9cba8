import { ArgumentError } from "../../core/index.ts";
import {
  Bernoulli,
  Beta,
  Categorical,
  Dirichlet,
  type Distribution,
  ExpRelaxedOneHotCategorical,
  LogitRelaxedBernoulli,
  LogNormal,
  Normal,
  OneHotCategorical,
  Poisson,
  RelaxedBernoulli,
  RelaxedOneHotCategorical,
} from "../../distributions/index.ts";
import { sameShape, sizeOf, Tensor } from "../../graph/extend.ts";
import { exp, log, type Shape, tensor } from "../../graph/index.ts";
import type { Site } from "../model/visit.ts";

/** One parameter of a latent's law: its dimensions behind the batch, and where it begins, one number for all or one for each. */
interface Start {
  readonly eventShape: Shape;
  readonly values: Float32Array;
}

/** The family that a mean-field guide takes for a latent. */
export interface Choice {
  readonly parameters: Readonly<Record<string, Start>>;
  readonly make: (of: Readonly<Record<string, Tensor>>, tau: number) => Distribution;
}

/** A guide begins at the prior's mean, and narrow: a tenth of its standard deviation. */
const NARROW = 0.1;
/** Concentrations begin at ten for each number of a sample. */
const CONCENTRATED = 10;

/** Run in a step, at the law that the model gives the latent. @throws ArgumentError for a law that no family here stands in for */
export function choiceOf(site: Site, law: Distribution): Choice {
  const last = site.eventShape.at(-1) ?? 1;
  const zeros = (eventShape: Shape): Start => ({ eventShape, values: new Float32Array(1) });
  const logits = (eventShape: Shape, make: (logits: Tensor, tau: number) => Distribution): Choice => ({
    parameters: { logits: zeros(eventShape) },
    make: (of, tau) => make(of.logits as Tensor, tau),
  });
  if (law instanceof Bernoulli) return logits([], (logits) => new Bernoulli({ logits }));
  if (law instanceof OneHotCategorical) return logits([last], (logits) => new OneHotCategorical({ logits }));
  if (law instanceof Categorical)
    return logits([law.logits.shape.at(-1) as number], (logits) => new Categorical({ logits }));
  if (law instanceof RelaxedBernoulli)
    return logits([], (logits, temperature) => new RelaxedBernoulli({ logits, temperature }));
  if (law instanceof LogitRelaxedBernoulli)
    return logits([], (logits, temperature) => new LogitRelaxedBernoulli({ logits, temperature }));
  if (law instanceof RelaxedOneHotCategorical)
    return logits([last], (logits, temperature) => new RelaxedOneHotCategorical({ logits, temperature }));
  if (law instanceof ExpRelaxedOneHotCategorical)
    return logits([last], (logits, temperature) => new ExpRelaxedOneHotCategorical({ logits, temperature }));
  const start = (values: Tensor, eventShape: Shape = []): Start => ({ eventShape, values: each(site, values) });
  const { mean, deviation } = momentsOf(law);
  switch (law.hasRsample || law instanceof Poisson ? law.support.name : "") {
    case "real":
      return {
        parameters: { loc: start(mean), logScale: start(log(scaled(deviation, NARROW))) },
        make: ({ loc, logScale }) => new Normal({ loc: loc as Tensor, scale: exp(logScale as Tensor) }),
      };
    case "positive":
    case "nonNegative":
      return {
        parameters: { loc: start(log(atLeast(mean, 1e-3))), logScale: start(log(tensor([NARROW]))) },
        make: ({ loc, logScale }) => new LogNormal({ loc: loc as Tensor, scale: exp(logScale as Tensor) }),
      };
    case "openUnitInterval": {
      const [one, zero] = [scaled(mean, CONCENTRATED), scaled(complement(mean), CONCENTRATED)];
      return {
        parameters: { logConcentration1: start(log(one)), logConcentration0: start(log(zero)) },
        make: ({ logConcentration1: a, logConcentration0: b }) =>
          new Beta({ concentration1: exp(a as Tensor), concentration0: exp(b as Tensor) }),
      };
    }
    case "openSimplex":
      return {
        parameters: { logConcentration: start(log(scaled(mean, CONCENTRATED * last)), [last]) },
        make: ({ logConcentration }) => new Dirichlet({ concentration: exp(logConcentration as Tensor) }),
      };
    case "nonNegativeInteger":
      return {
        parameters: { logRate: start(log(atLeast(mean, 1e-3))) },
        make: ({ logRate }) => new Poisson({ rate: exp(logRate as Tensor) }),
      };
    default:
      throw new ArgumentError(
        `latent ${site.name}`,
        "a law that a mean-field guide has a family for (of numbers, positive numbers, probabilities, bits, categories or Poisson counts)",
        `one of ${law.support.description}: write its law in a guide(...) of your own`,
      );
  }
}

/** Of a prior; 0 and 1 where it has none. */
function momentsOf(law: Distribution): { mean: Tensor; deviation: Tensor } {
  const { mean, variance } = law as Partial<{ mean(): Tensor; variance(): Tensor }>;
  const finite = (f: (() => Tensor) | undefined, otherwise: number): Tensor => {
    const x = f?.call(law);
    // Relaxed laws have estimates of theirs.
    return x instanceof Tensor && x.toArray().every((each) => Number.isFinite(each)) ? x : tensor([otherwise]);
  };
  const spread = finite(variance, 1);
  return { mean: finite(mean, 0), deviation: tensor(spread.toArray().map(Math.sqrt), spread.shape) };
}

const changed = (x: Tensor, f: (value: number) => number): Tensor => tensor(x.toArray().map(f), x.shape);
const scaled = (x: Tensor, by: number): Tensor => changed(x, (value) => Math.max(value * by, 1e-6));
const atLeast = (x: Tensor, least: number): Tensor => changed(x, (value) => Math.max(value, least));
const complement = (x: Tensor): Tensor => changed(x, (value) => 1 - value);

/** Means over points and rows, of which a prior may depend: a number for each element of the latent, or one for all. */
function each({ batchShape, eventShape }: Site, x: Tensor): Float32Array {
  const values = x.toArray();
  const own = [...batchShape, ...eventShape];
  const leading = x.shape.length - own.length;
  const width = leading >= 0 && sameShape(x.shape.slice(leading), own) ? sizeOf(own) : 1;
  const means = new Float64Array(width);
  for (let i = 0; i < values.length; i++) means[i % width] = (means[i % width] as number) + (values[i] as number);
  return new Float32Array(means.map((sum) => sum / (values.length / width)));
}
