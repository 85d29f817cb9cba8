import { ArgumentError, checkBoolean, checkInteger, checkOptions, describe, ShapeError } from "../../core/index.ts";
import { checkTensor, show, sizeOf, Tensor } from "../../graph/extend.ts";
import { type Shape, step, tensor } from "../../graph/index.ts";
import type { Key } from "../../random/index.ts";
import { categorical, topK } from "../../relax/index.ts";
import type { PlainSample } from "../cost.ts";
import type { Factor, Factors, SampleOf } from "../factor.ts";
import { indicesOf, marginalOf } from "../joint.ts";
import { log } from "./double.ts";
import type { ParetoSmoothed } from "./pareto-smoothed.ts";
import { type Predicted, weightedMean } from "./weighted-mean.ts";

/** Of a batch of discrete variables. */
export interface VariableMarginals {
  /** The values a variable may have, [K × event]. */
  readonly values: Float32Array;
  /** P(z = value | x), row-major [...batch, K]. */
  readonly probs: Float64Array;
  /** Of `probs`: [...batch, K]. */
  readonly shape: Shape;
}

/** Of a guide given alone, or by name. */
export type Marginals<Q extends Factors> = Q extends {
  /** What a distribution has, and no record of them. */
  readonly batchShape: Shape;
}
  ? VariableMarginals
  : { readonly [Name in keyof Q]?: VariableMarginals };

interface Drawn {
  readonly names: readonly string[];
  readonly shapes: readonly Shape[];
  /** Of each factor [samples, ...shape]. */
  readonly points: readonly Float32Array[];
  readonly samples: number;
  readonly rows: Shape;
  readonly chunk: number;
  readonly factorsIn: () => readonly Factor[];
}

/** Samples of a guide with weights that make them a posterior's. Plain numbers; methods that compute run steps of their own. */
export class Posterior<Q extends Factors = Factors> implements ParetoSmoothed {
  readonly weights: Float64Array;
  readonly k: Float64Array;
  readonly effectiveSamples: Float64Array;
  readonly tail: Int32Array;
  readonly threshold: number;
  readonly samplesNeeded: Float64Array;
  /** Of each row: an estimate of log p(x), from below on average (but for the smoothing). */
  readonly logMean: Float64Array;
  readonly verdicts: readonly string[];
  /** How many were drawn. */
  readonly samples: number;
  /** The shape of what each row has one of; [] for a single set of weights. */
  readonly rows: Shape;
  /** The samples of the guide: [samples, ...batch, ...event], alone or by name. */
  readonly points: PlainSample<Q>;
  readonly #drawn: Drawn;

  /** @internal Made by `importance`. */
  constructor(smoothed: ParetoSmoothed, drawn: Drawn) {
    this.weights = smoothed.weights;
    this.k = smoothed.k;
    this.effectiveSamples = smoothed.effectiveSamples;
    this.tail = smoothed.tail;
    this.threshold = smoothed.threshold;
    this.samplesNeeded = smoothed.samplesNeeded;
    this.logMean = smoothed.logMean;
    this.verdicts = smoothed.verdicts;
    this.samples = drawn.samples;
    this.rows = drawn.rows;
    this.points = named(drawn.names, drawn.points) as PlainSample<Q>;
    this.#drawn = drawn;
  }

  /**
   * Samples of the posterior without weights: [samples, ...batch, ...event], alone or by name. Each is one of `points`, drawn with the
   * probability of its weight, in each row by itself; with `replacement: false` no point comes twice in a row (by Gumbel top-k,
   * in the order drawn: the law is then a little flatter than the posterior's).
   *
   * Rubin 1988, sampling importance resampling; Kool, van Hoof, Welling 2019.
   * @throws KeyError; ArgumentError (more than there are points with a weight, without replacement)
   */
  resample(key: Key, options: { readonly samples: number; readonly replacement?: boolean }): PlainSample<Q> {
    const { samples, replacement = true } = checkOptions(options, ["samples", "replacement"]);
    checkBoolean("replacement", replacement);
    checkInteger("samples", samples, 1);
    const rows = sizeOf(this.rows);
    const cols = this.samples;
    const logits = new Float32Array(rows * cols);
    for (let i = 0; i < logits.length; i++)
      logits[i] = log(this.weights[(i % cols) * rows + Math.floor(i / cols)] as number);
    if (!replacement) this.#checkPresent(samples);
    const chosen = replacement
      ? categorical(key, logits, { cols, draws: samples })
      : topK(key, logits, { cols, k: samples }).indices;
    const { names, points } = this.#drawn;
    const taken = points.map((all) => {
      const size = all.length / cols;
      const width = size / rows;
      const some = new Float32Array(samples * size);
      for (let draw = 0; draw < samples; draw++)
        for (let row = 0; row < rows; row++) {
          const from = (chosen[row * samples + draw] as number) * size + row * width;
          some.set(all.subarray(from, from + width), draw * size + row * width);
        }
      return some;
    });
    return named(names, taken) as PlainSample<Q>;
  }

  #checkPresent(samples: number): void {
    const rows = sizeOf(this.rows);
    const present = new Int32Array(rows);
    for (let i = 0; i < this.weights.length; i++) if ((this.weights[i] as number) > 0) (present[i % rows] as number)++;
    const least = present.reduce((least, each) => Math.min(least, each), this.samples);
    checkInteger("samples", samples, 1, least);
  }

  /**
   * The posterior probabilities of the values of each discrete variable: sums of weights. Factors without a finite list of values are
   * left out.
   * @throws ArgumentError (no factor has one)
   */
  marginals(): Marginals<Q> {
    const { names, shapes, points, samples } = this.#drawn;
    const rows = sizeOf(this.rows);
    const found: [string, VariableMarginals][] = step(
      () =>
        this.#drawn.factorsIn().flatMap((factor, f): [string, VariableMarginals][] => {
          if (!factor.law.hasEnumerateSupport) return [];
          const marginal = marginalOf(factor);
          const { values, count } = marginal;
          const indices = indicesOf(marginal, points[f] as Float32Array);
          const variables = indices.length / samples;
          const width = variables / rows;
          const probs = new Float64Array(variables * count);
          for (const [i, value] of indices.entries()) {
            const variable = i % variables;
            (probs[variable * count + value] as number) += this.weights[
              Math.floor(i / variables) * rows + Math.floor(variable / width)
            ] as number;
          }
          const batch = (shapes[f] as Shape).slice(0, factor.law.batchShape.length);
          return [[names[f] as string, { values, probs, shape: [...batch, count] }]];
        }),
      { gradients: false },
    );
    if (found.length === 0)
      throw new ArgumentError("marginals", "a guide of discrete variables", "none with listed values");
    return (found[0]?.[0] === "" ? found[0][1] : Object.fromEntries(found)) as Marginals<Q>;
  }

  /**
   * The posterior expectation of a function of z, such as the predicted law of new data: the weighted mean of f(z), with its
   * standard error. The error is to be believed where k is below its threshold.
   *
   * Self-normalized importance sampling: Owen 2013, "Monte Carlo theory, methods and examples", equation 9.9; Vehtari et al. 2024, eq. 3.
   * @param f of points [n, ...batch, ...event] gives [n, ...rows, ...]
   * @throws ArgumentError (not finite), ShapeError
   */
  predictive(f: (sample: SampleOf<Q>) => Tensor): Predicted {
    if (typeof f !== "function") throw new ArgumentError("f", "a function of points", describe(f));
    const { samples, chunk } = this.#drawn;
    let shape: Shape | undefined;
    const parts: Float32Array[] = [];
    for (let from = 0; from < samples; from += chunk)
      step(
        () => {
          const y = this.#valuesOf(f as (sample: unknown) => Tensor, from, Math.min(chunk, samples - from), shape);
          shape = y.shape.slice(1);
          parts.push(y.toArray());
        },
        { gradients: false },
      );
    // There was a step, which set the shape: the compiler does not see into its body.
    return weightedMean(this.weights, sizeOf(this.rows), parts, shape as unknown as Shape);
  }

  #valuesOf(f: (sample: unknown) => Tensor, from: number, n: number, before: Shape | undefined): Tensor {
    const { names, shapes, points } = this.#drawn;
    const drawn = points.map((all, i) => {
      const size = all.length / this.samples;
      return tensor(all.slice(from * size, (from + n) * size), [n, ...(shapes[i] as Shape)]);
    });
    const y = f(named(names, drawn));
    if (!(y instanceof Tensor)) throw new ArgumentError("f", "a function that gives a tensor", describe(y));
    checkTensor("f", y);
    const expected = before ? [n, ...before] : [n, ...this.rows];
    const fits = expected.every((each, i) => each === y.shape[i]) && (!before || y.shape.length === expected.length);
    if (!fits) throw new ShapeError("f", `[${expected.join(", ")}${before ? "" : ", ..."}]`, show(y.shape));
    return y;
  }
}

const named = <T>(names: readonly string[], each: readonly T[]): T | Record<string, T> =>
  names.length === 1 && names[0] === ""
    ? (each[0] as T)
    : Object.fromEntries(names.map((name, i) => [name, each[i] as T]));
