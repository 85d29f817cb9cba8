import { ShapeError } from "../../core/index.ts";
import type { Distribution, Values } from "../../distributions/index.ts";
import { broadcastsTo, checkTensor, expand, show, Tensor } from "../../graph/extend.ts";
import { add, mul, type Shape, sub } from "../../graph/index.ts";
import { foldIn, type Key, key } from "../../random/index.ts";
import { checkLatent, checkLaw, checkName, runDensity, titled, withoutRows } from "./checks.ts";
import type { Model, Scope } from "./model.ts";
import type { Table } from "./table.ts";
import { perRow } from "./trace.ts";

/** A latent of a model: what its law is like, found by running it. */
export interface Site {
  readonly name: string;
  readonly isLocal: boolean;
  /** Of one point; of a local one without its rows. */
  readonly batchShape: Shape;
  readonly eventShape: Shape;
  readonly hasRsample: boolean;
  readonly hasEnumerateSupport: boolean;
}

/** A run that ends at the first latent that is not known yet. */
export class Found extends Error {
  readonly law: Distribution;
  readonly isLocal: boolean;
  readonly latent: string;

  constructor(latent: string, law: Distribution, isLocal: boolean) {
    super(latent);
    this.latent = latent;
    this.law = law;
    this.isLocal = isLocal;
  }
}

/** How often, and on how many rows, a model is looked at, and what is known of it. */
export interface Setting {
  readonly points: number;
  readonly rows: number | undefined;
  readonly tau: number;
  readonly known: ReadonlyMap<string, Site>;
}

/** A part of a log density that is not that of a latent. */
interface Part {
  readonly title: string;
  readonly name: string;
  readonly isFactor: boolean;
  readonly logDensity: Tensor;
}

/** A run of a model before there is a guide: its latents are somewhere under their priors. */
export class Visit implements Scope {
  readonly points: number;
  readonly rows: number;
  readonly tau: number;
  readonly latents = new Map<string, Tensor>();
  readonly parts: Part[] = [];
  readonly #setting: Setting;
  readonly #seen = new Set<string>();
  #last: string | undefined;
  #key: Key = key(0);

  constructor(setting: Setting) {
    this.points = setting.points;
    this.rows = setting.rows ?? 1;
    this.tau = setting.tau;
    this.#setting = setting;
  }

  latent(name: string, law: Distribution): Tensor {
    return this.#draw(name, law, false);
  }

  local(name: string, law: Distribution): Tensor {
    if (this.#setting.rows === undefined) throw withoutRows(name);
    return this.#draw(name, law, true);
  }

  run(model: Model<never>, table: Table): void {
    const { rows } = this.#setting;
    const indices = rows === undefined ? undefined : Uint32Array.from({ length: rows }, (_, i) => i % table.rows);
    runDensity(model, this, table.batch(indices), () => this.#last);
  }

  observe(name: string, law: Distribution, value: Values): void {
    const title = `observe ${name}`;
    this.#enter(name, "observe");
    checkLaw(title, law);
    const logDensity = this.#sized(() => titled(title, () => law.logProb(value)));
    this.parts.push({ title, name, isFactor: false, logDensity });
  }

  factor(name: string, logDensity: Tensor): void {
    this.#enter(name, "factor");
    checkTensor(`factor ${name}`, logDensity);
    this.parts.push({ title: `factor ${name}`, name, isFactor: true, logDensity });
  }

  perRow(x: Tensor): Tensor {
    return perRow(x);
  }

  #enter(name: string, kind: string): void {
    checkName(kind, name, this.#seen);
    this.#last = name;
  }

  get #numbers(): string {
    return ` of ${this.points} points${this.#setting.rows === undefined ? "" : `, ${this.rows} rows`}`;
  }

  /** These numbers are none of the user's: the error says whose they are. */
  #sized<T>(f: () => T): T {
    try {
      return f();
    } catch (error) {
      if (!(error instanceof ShapeError)) throw error;
      const remedy = this.#setting.rows === undefined ? "" : " (perRow(...) of latents of all beside data)";
      throw new ShapeError(error.argument, error.expected, `${error.received}${this.#numbers}${remedy}`);
    }
  }

  /** A draw from the prior of a latent that is known, [points, rows, ...]. */
  #draw(name: string, law: Distribution, isLocal: boolean): Tensor {
    this.#enter(name, "latent");
    checkLatent(name, law);
    const site = this.#setting.known.get(name);
    if (!site) throw new Found(name, law, isLocal);
    this.#key = foldIn(this.#key, 1);
    const shape = [this.points, ...(isLocal ? [this.rows] : []), ...site.batchShape];
    // What of the shape the batch of the law has not is samples; where it has 1 they are copies.
    const { batchShape: own, eventShape } = law;
    if (own.length > shape.length || !broadcastsTo(own, shape))
      throw new ShapeError(
        `latent ${name}`,
        `a batch that broadcasts to ${show(shape)}`,
        `${show(own)}${this.#numbers}${isLocal ? " (perRow(...) of what is of all)" : ""}`,
      );
    const samples = nearMean(law, law.sample(this.#key, { shape: shape.slice(0, shape.length - own.length) }));
    const points = expand(samples, [...shape, ...eventShape]);
    this.latents.set(name, points);
    return points;
  }
}

/** A prior of numbers may be wide, and the exponential of a sample infinite: a hundredth of the way from the mean tells as much. */
function nearMean(law: Distribution, sample: Tensor): Tensor {
  const mean = law.support.name === "real" ? (law as Partial<{ mean(): Tensor }>).mean?.() : undefined;
  // Relaxed laws have an estimate of theirs.
  if (!(mean instanceof Tensor) || !mean.toArray().every((each) => Number.isFinite(each))) return sample;
  return add(mean, mul(0.01, sub(sample, mean)));
}
