import { Sampleable } from "../../distributions/index.ts";
import type { Shape, Tensor } from "../../graph/index.ts";
import type { EstimateScope } from "../estimate.ts";
import type { Estimator } from "../estimator.ts";
import { Factor } from "../factor.ts";
import type { CostScope } from "../problem.ts";
import { familyOf, latentOf } from "./describe.ts";
import { type Made, Recorder, type Scope, tensorsIn } from "./record.ts";

/** Something random: a latent of an estimate, or what a law drew. */
export interface Unit {
  readonly law: string;
  readonly name: string | undefined;
  /** Of one sample; not known of functions that draw. */
  readonly shape: Shape | undefined;
  /** Where it is a latent of an estimate. */
  readonly estimate: Estimate | undefined;
  /** Whether a sample is in a discrete support: a gradient that comes back from one is a straight-through gradient. */
  readonly isHard: (sample: Tensor) => boolean;
  /** What was made of it: any of these is its outcome. */
  readonly own: Made[];
  /** The samples themselves. */
  readonly drawn: Tensor[];
}

/** An estimate, however often its cost was asked for. */
export interface Estimate {
  readonly estimator: Estimator;
  /** The estimate whose cost it is a part of. */
  readonly within: Estimate | undefined;
  readonly units: Unit[];
  readonly costs: Tensor[];
  readonly results: Tensor[];
}

/** A result with a name of its own: a bound, a divergence, an exact sum. */
export interface Titled {
  readonly kind: "bound" | "operation";
  readonly name: string;
  readonly tensors: Tensor[];
}

/**
 * What is open while the body runs. A key is the same whenever the same place of the program runs again: a cost is evaluated as often as
 * its estimator likes.
 */
interface Frame {
  readonly key: string;
  readonly counts: Map<string, number>;
  readonly unit: Unit | undefined;
  readonly estimate: Estimate | undefined;
  /** Whether what is made here is the user's, not what an estimator does by itself. */
  readonly isVisible: boolean;
}

const BOUNDS = ["elbo", "importanceWeightedBound", "renyiBound"];

/** Records a step by the structure of its randomness. */
export class Trace extends Recorder {
  readonly units = new Map<string, Unit>();
  readonly estimates = new Map<string, Estimate>();
  readonly titled = new Map<string, Titled>();
  /** The unit that a tensor is an outcome of. */
  readonly unitOf = new Map<Tensor, Unit>();
  /** What users' operations made, by the place in the program. */
  readonly operations = new Map<string, Made[]>();
  readonly losses: Tensor[] = [];
  readonly #frames: Frame[] = [{ key: "", counts: new Map(), unit: undefined, estimate: undefined, isVisible: true }];

  get #frame(): Frame {
    return this.#frames.at(-1) as Frame;
  }

  /** The name of a place in the open frame, numbered in the order in which they come. */
  #next(what: string): string {
    const { key, counts } = this.#frame;
    const n = counts.get(what) ?? 0;
    counts.set(what, n + 1);
    return `${key}/${what}${n}`;
  }

  protected override add(made: Made): void {
    super.add(made);
    const { unit, isVisible } = this.#frame;
    if (made.tensor.kind === "parameter") return;
    if (unit) {
      unit.own.push(made);
      this.unitOf.set(made.tensor, unit);
    } else if (isVisible) found(this.operations, this.#next("operation"), () => []).push(made);
  }

  override enter(of: unknown, what: string): void {
    super.enter(of, what);
    this.#frames.push(this.#inner(of, what));
  }

  #inner(of: unknown, what: string): Frame {
    const outer = this.#frame;
    const counts = new Map<string, number>();
    if (outer.unit) return outer;
    if (what === "latent" || what === "sample") {
      const { estimate } = outer;
      const isOfEstimate = of instanceof Factor && !outer.isVisible && estimate !== undefined;
      const key = isOfEstimate ? `${outer.key}/${of.name}` : this.#next("draw");
      return { ...outer, key, counts, unit: this.#unit(key, of, isOfEstimate ? estimate : undefined) };
    }
    if (what === "estimate") {
      const key = this.#next(what);
      const { estimator } = of as EstimateScope;
      const estimate = found(this.estimates, key, () => {
        return { estimator, within: outer.estimate, units: [], costs: [], results: [] };
      });
      return { key, counts, unit: undefined, estimate, isVisible: false };
    }
    if (what === "cost") {
      const { factors, points } = of as CostScope;
      for (const [i, factor] of factors.entries()) {
        const unit = this.#unit(`${outer.key}/${factor.name}`, factor, outer.estimate);
        this.unitOf.set(points[i] as Tensor, unit);
      }
      return { ...outer, key: `${outer.key}/cost`, counts, isVisible: true };
    }
    return { ...outer, key: what === "repetition" ? `${outer.key}/${what}` : this.#next(what), counts };
  }

  override leave(result?: unknown): void {
    const { of, what } = this.scope as Scope;
    const frame = this.#frames.pop() as Frame;
    super.leave();
    const tensors = [...tensorsIn(result)].map(([, tensor]) => tensor).slice(0, 1);
    if (frame.unit) {
      if (!this.#frame.unit) frame.unit.drawn.push(...tensors);
      return;
    }
    if (what === "estimate") frame.estimate?.results.push(...tensors);
    else if (what === "cost") frame.estimate?.costs.push(...tensors);
    else if (BOUNDS.includes(what)) this.#title(frame, "bound", what, tensors);
    else if (what === "klDivergence") {
      const name = latentOf((of as readonly unknown[])[0], this.scope);
      this.#title(frame, "operation", name === undefined ? what : `${what} of ${name}`, tensors);
    } else if (of === "mixture") this.#title(frame, "operation", of, tensors);
  }

  override passing(loss: Tensor): void {
    super.passing(loss);
    this.losses.push(loss);
  }

  #title({ key }: Frame, kind: Titled["kind"], name: string, tensors: readonly Tensor[]): void {
    found(this.titled, key, () => ({ kind, name, tensors: [] })).tensors.push(...tensors);
  }

  #unit(key: string, of: unknown, estimate: Estimate | undefined): Unit {
    return found(this.units, key, () => {
      const law = of instanceof Factor ? of.law : of;
      const isLaw = law instanceof Sampleable;
      const unit: Unit = {
        law: familyOf(law),
        name: (of instanceof Factor ? of.name : undefined) || undefined,
        shape: isLaw ? [...law.batchShape, ...law.eventShape] : undefined,
        estimate,
        isHard: (sample) => (isLaw ? law.support.discrete && isWithin(law, sample) : areBits(sample)),
        own: [],
        drawn: [],
      };
      estimate?.units.push(unit);
      return unit;
    });
  }
}

const areBits = (sample: Tensor): boolean => sample.toArray().every((each) => each === 0 || each === 1);

const isWithin = ({ support, eventShape }: Sampleable, sample: Tensor): boolean =>
  support.firstOutside(sample.toArray(), eventShape.at(-1) ?? 1, sample.shape) < 0;

function found<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
