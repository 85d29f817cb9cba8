import {
  backward,
  type Parameter,
  parameter,
  type Shape,
  step,
  sum,
  type Tensor,
  tensor,
} from "../../bindings/graph/index.ts";
import { estimateFrom } from "../../bindings/inference/estimate.ts";
import type { Factor } from "../../bindings/inference/factor.ts";
import { blackBox, type Cost, type Estimator, type Factors } from "../../bindings/inference/index.ts";
import type { Source } from "../../bindings/inference/source.ts";

/** What happened in one of the cases that an expectation is made of, for each sample: the draw, and noise by "family stream". */
export interface Case {
  readonly weight: number;
  /** [samples][one sample of a row] */
  readonly draws: readonly ArrayLike<number>[];
  readonly noise?: Readonly<Record<string, readonly ArrayLike<number>[]>>;
  /** Draws of factors that have a name, by it; `draws` are those of the one without, and of all that are not here. */
  readonly others?: Readonly<Record<string, readonly ArrayLike<number>[]>>;
}

/** A source that answers with given cases, one in each row. */
export class Given implements Source {
  readonly #cases: readonly Case[];

  constructor(cases: readonly Case[]) {
    this.#cases = cases;
  }

  sample(factor: Factor, samples: number): Tensor {
    return tensor(
      this.#stack(samples, ({ draws, others }) => others?.[factor.name] ?? draws),
      [samples, ...factor.shape],
    );
  }

  rsample(): Tensor {
    throw new Error("no case gives a sample with a gradient");
  }

  noise(_: Factor, family: string, stream: string, samples: number): Float32Array {
    return this.#stack(samples, ({ noise }) => {
      const given = noise?.[`${family} ${stream}`];
      if (!given) throw new Error(`no case gives noise "${family} ${stream}"`);
      return given;
    });
  }

  /** [samples, rows, ...] */
  #stack(samples: number, of: (each: Case) => readonly ArrayLike<number>[]): Float32Array {
    const width = of(this.#cases[0])[0].length;
    const all = new Float32Array(samples * this.#cases.length * width);
    for (const [row, each] of this.#cases.entries())
      for (let s = 0; s < samples; s++) all.set(of(each)[s], (s * this.#cases.length + row) * width);
    return all;
  }
}

/** Of several factors, each with its own. */
export class PerFactor implements Source {
  readonly #sources: Readonly<Record<string, Source>>;

  constructor(sources: Readonly<Record<string, Source>>) {
    this.#sources = sources;
  }

  sample(factor: Factor, samples: number): Tensor {
    return this.#sources[factor.name].sample(factor, samples);
  }

  rsample(factor: Factor, samples: number): Tensor {
    return this.#sources[factor.name].rsample(factor, samples);
  }

  noise(factor: Factor, ...rest: Rest<Parameters<Source["noise"]>>): Float32Array {
    return this.#sources[factor.name].noise(factor, ...rest);
  }
}

type Rest<T extends readonly unknown[]> = T extends [unknown, ...infer R] ? R : never;

export interface Setting {
  /** Parameters of one row. */
  readonly parameters: readonly number[];
  readonly shape?: Shape;
  readonly law: (parameters: Tensor) => Factors;
  readonly cost: Cost<never>;
  readonly estimator: Estimator;
  readonly samples?: number;
}

/** The gradient that the library's estimator gives in each case. */
export function gradientsOfCases(setting: Setting, cases: readonly Case[]): Float32Array[] {
  const { parameters, shape = [parameters.length], law, cost, estimator, samples = 1 } = setting;
  const all: Parameter = parameter(
    [cases.length, ...shape],
    cases.flatMap(() => parameters),
  );
  try {
    step(() => backward(sum(estimateFrom(new Given(cases), law(all), cost, { estimator, samples }))));
    const gradients = all.grad();
    const n = parameters.length;
    return cases.map((_, i) => gradients.slice(i * n, (i + 1) * n));
  } finally {
    all.dispose();
  }
}

/** Mean and trace of the covariance of the estimator, by the weights of the cases, in f64. */
export function momentsOf(setting: Setting, cases: readonly Case[]): { mean: number[]; variance: number } {
  const gradients = gradientsOfCases(setting, cases);
  const mean = setting.parameters.map((_, j) => gradients.reduce((s, g, i) => s + cases[i].weight * g[j], 0));
  const square = gradients.reduce((s, g, i) => s + cases[i].weight * g.reduce((t, x) => t + x * x, 0), 0);
  return { mean, variance: square - mean.reduce((s, x) => s + x * x, 0) };
}

/** A cost given by any function of one row's numbers, as a black box. */
export const table = (width: number, f: (z: readonly number[]) => number): Cost<never> =>
  blackBox((z: Float32Array) =>
    Array.from({ length: z.length / width }, (_, row) => f([...z.subarray(row * width, (row + 1) * width)])),
  ) as Cost<never>;

/** All combinations: [[a], [b, c]] to [[a, b], [a, c]]. */
export const product = <T>(lists: readonly (readonly T[])[]): T[][] =>
  lists.reduce<T[][]>((so, list) => so.flatMap((head) => list.map((each) => [...head, each])), [[]]);

/** A random table of costs over {0, 1}^n, or any numbers: the same for the same values and seed. */
export function randomCost(seed: number): (z: readonly number[]) => number {
  return (z) => {
    let h = seed >>> 0;
    for (const x of z) h = Math.imul(h ^ Math.round(x * 8 + 17), 0x9e3779b1) ^ (h >>> 15);
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return ((h ^ (h >>> 16)) >>> 0) / 2 ** 31 - 1;
  };
}
