import { ArgumentError, describe } from "../../core/index.ts";
import type { Distribution } from "../../distributions/index.ts";
import { type Shape, step } from "../../graph/index.ts";
import type { Model } from "./model.ts";
import { rowFactorsOf } from "./survey.ts";
import type { Table } from "./table.ts";
import { Found, type Setting, type Site, Visit } from "./visit.ts";

/** What a model is like, whatever its latents are. */
export interface Sites<T> {
  /** In the order in which it samples them. */
  readonly sites: readonly { readonly site: Site; readonly seen: T }[];
  /** Names of factors of one dimension that is that of the rows: [rows], not [points]. */
  readonly rowFactors: ReadonlySet<string>;
}

/**
 * The latents of a model, found by running it; `look` is run within a step, at a law of each. Whether a law depends
 * on latents, so that the first dimension of its batch is that of their points, shows when it is run with two points and with three.
 */
export function sitesOf<T>(
  model: Model<never>,
  table: Table,
  tau: number,
  look: (site: Site, law: Distribution) => T,
): Sites<T> {
  const rows = table.rows > 0 ? Math.min(table.rows, 2) : undefined;
  const found: { site: Site; seen: T }[] = [];
  for (;;) {
    const known = new Map(found.map(({ site }) => [site.name, site]));
    const two = step(() => firstUnknown(model, table, { points: 2, rows, tau, known }, shapesOf), { gradients: false });
    if (!two) return { sites: found, rowFactors: rowFactorsOf(model, table, { points: 3, rows, tau, known }) };
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

/** What `look` sees at the first latent that is not known; undefined when all are. */
function firstUnknown<T>(model: Model<never>, table: Table, setting: Setting, look: (stop: Found) => T): T | undefined {
  try {
    new Visit(setting).run(model, table);
  } catch (error) {
    if (error instanceof Found) return look(error);
    throw error;
  }
  return undefined;
}
