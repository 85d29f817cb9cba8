import { ArgumentError, describe, ShapeError } from "../../core/index.ts";
import type { Distribution, Values } from "../../distributions/index.ts";
import { broadcastsTo, checkTensor, expand, show } from "../../graph/extend.ts";
import { type Shape, step, type Tensor } from "../../graph/index.ts";
import { foldIn, type Key, key } from "../../random/index.ts";
import { Recorder } from "../explain/record.ts";
import type { Model, Scope } from "./model.ts";
import type { Table } from "./table.ts";
import { checkLaw, perRow, withoutRows } from "./trace.ts";

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
class Found extends Error {
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

/**
 * The latents of a model in the order in which it samples them; `look` is run within a step, at a law of each. Whether a law depends
 * on latents, so that the first dimension of its batch is that of their points, shows when it is run with two points and with three.
 */
export function sitesOf<T>(
  model: Model<never>,
  table: Table,
  tau: number,
  look: (site: Site, law: Distribution) => T,
): { readonly site: Site; readonly seen: T }[] {
  const rows = table.rows > 0 ? Math.min(table.rows, 2) : undefined;
  const found: { site: Site; seen: T }[] = [];
  for (;;) {
    const known = new Map(found.map(({ site }) => [site.name, site]));
    const two = step(() => firstUnknown(model, table, { points: 2, rows, tau, known }, shapesOf), { gradients: false });
    if (!two) {
      checkFactors(model, table, { points: 3, rows, tau, known });
      return found;
    }
    const three = step(
      () =>
        firstUnknown(model, table, { points: 3, rows, tau, known }, (stop) => {
          const shapes = shapesOf(stop);
          const dependent = two.batch[0] === 2 && shapes.batch[0] === 3 && two.batch.length === shapes.batch.length;
          const site = siteOf(stop, dependent ? shapes.batch.slice(1) : shapes.batch, rows);
          return { site, seen: look(site, stop.law) };
        }),
      { gradients: false },
    );
    if (three?.site.name !== two.name)
      throw new ArgumentError(
        "density",
        "the same latents in each run",
        `${two.name}, then ${three?.site.name ?? "none"}`,
      );
    found.push(three);
  }
}

const shapesOf = ({ latent, law }: Found): { name: string; batch: Shape } => ({ name: latent, batch: law.batchShape });

function siteOf({ latent, law, isLocal }: Found, batch: Shape, rows: number | undefined): Site {
  const [first] = batch;
  if (isLocal && first !== undefined && first !== 1 && first !== rows)
    throw new ArgumentError(
      `local ${latent}`,
      "a law of a batch [], [rows, ...] or [1, ...], with the points in front where it depends on latents",
      `a batch of ${describe(first)} first, of ${rows} rows`,
    );
  return {
    name: latent,
    isLocal,
    batchShape: isLocal ? batch.slice(1) : batch,
    eventShape: law.eventShape,
    hasRsample: law.hasRsample,
    hasEnumerateSupport: law.hasEnumerateSupport,
  };
}

interface Setting {
  readonly points: number;
  readonly rows: number | undefined;
  readonly tau: number;
  readonly known: ReadonlyMap<string, Site>;
}

/** A factor without a dimension for the points, or the rows, of a latent that it depends on would count as one of all: a sum too many. */
function checkFactors(model: Model<never>, table: Table, setting: Setting): void {
  const recorder = new Recorder();
  recorder.run(() => {
    const visit = new Visit(setting);
    model.density(visit, table.batch(indicesOf(setting)) as never);
    for (const [name, factor] of visit.factors) {
      const { shape } = factor;
      const isOfRows = shape.length > 1 || (setting.rows !== undefined && shape[0] === setting.rows);
      const latent = [...visit.latents].find(
        ([latent, points]) =>
          (shape.length === 0 || (setting.known.get(latent)?.isLocal && !isOfRows)) &&
          dependsOn(recorder, factor, points),
      )?.[0];
      if (latent !== undefined)
        throw new ShapeError(
          `factor ${name}`,
          `[points${setting.known.get(latent)?.isLocal ? ", rows" : ""}, ...], as it depends on ${latent}: a sum over what is behind these alone`,
          show(shape),
        );
    }
  });
}

function dependsOn({ all }: Recorder, x: Tensor, on: Tensor): boolean {
  const seen = new Set<Tensor>();
  const open = [x];
  for (let next = open.pop(); next; next = open.pop()) {
    if (next === on) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    open.push(...(all.get(next)?.inputs.map(({ made }) => made.tensor) ?? []));
  }
  return false;
}

const indicesOf = ({ rows }: Setting): Uint32Array | undefined =>
  rows === undefined ? undefined : Uint32Array.from({ length: rows }, (_, i) => i);

/** What `look` sees at the first latent that is not known; undefined when all are. */
function firstUnknown<T>(model: Model<never>, table: Table, setting: Setting, look: (stop: Found) => T): T | undefined {
  try {
    model.density(new Visit(setting), table.batch(indicesOf(setting)) as never);
  } catch (error) {
    if (error instanceof Found) return look(error);
    throw error;
  }
  return undefined;
}

class Visit implements Scope {
  readonly points: number;
  readonly rows: number;
  readonly tau: number;
  readonly latents = new Map<string, Tensor>();
  readonly factors = new Map<string, Tensor>();
  readonly #setting: Setting;
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

  observe(_name: string, _law: Distribution, _value: Values): void {}

  factor(name: string, logDensity: Tensor): void {
    checkTensor(`factor ${name}`, logDensity);
    this.factors.set(name, logDensity);
  }

  perRow(x: Tensor): Tensor {
    return perRow(x);
  }

  /** A draw from the prior of a latent that is known, [points, rows, ...]. */
  #draw(name: string, law: Distribution, isLocal: boolean): Tensor {
    checkLaw(`latent ${name}`, law);
    const site = this.#setting.known.get(name);
    if (!site) throw new Found(name, law, isLocal);
    this.#key = foldIn(this.#key, 1);
    const shape = [this.points, ...(isLocal ? [this.rows] : []), ...site.batchShape];
    // What of the shape the batch of the law has not is samples; where it has 1 they are copies.
    const { batchShape: own, eventShape } = law;
    if (own.length > shape.length || !broadcastsTo(own, shape))
      throw new ShapeError(`latent ${name}`, `a batch that broadcasts to ${show(shape)}`, show(own));
    const samples = law.sample(this.#key, { shape: shape.slice(0, shape.length - own.length) });
    const points = expand(samples, [...shape, ...eventShape]);
    this.latents.set(name, points);
    return points;
  }
}
