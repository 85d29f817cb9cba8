import { ArgumentError, ShapeError } from "../../core/index.ts";
import type { Distribution } from "../../distributions/index.ts";
import { show } from "../../graph/extend.ts";
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
 * The latents of a model, found by running it; `look` is run within a step, at a law of each. Whether the first dimension of a law's batch
 * is that of points (of a law that depends on latents), or of rows, shows when it is run with other numbers of them.
 */
export function sitesOf<T>(
  model: Model<never>,
  table: Table,
  tau: number,
  look: (site: Site, law: Distribution) => T,
): Sites<T> {
  const found: { site: Site; seen: T }[] = [];
  for (;;) {
    const known = new Map(found.map(({ site }) => [site.name, site]));
    const setting = (points: number, rows: number): Setting => ({
      points,
      rows: table.rows > 0 ? rows : undefined,
      tau,
      known,
    });
    const one = step(() => firstUnknown(model, table, setting(2, 3), lookedAt), { gradients: false });
    if (!one) return { sites: found, rowFactors: rowFactorsOf(model, table, setting(3, 2)) };
    const other = step(
      () =>
        firstUnknown(model, table, setting(3, 2), (stop) => {
          const site = siteOf(stop, one.batch, table.rows > 0);
          return { site, seen: look(site, stop.law) };
        }),
      { gradients: false },
    );
    if (other?.site.name !== one.name)
      throw new ArgumentError(
        "density",
        "the same latents in each run, whatever has been drawn",
        `${one.name}, then ${other?.site.name ?? "none"} in its place`,
      );
    found.push(other);
  }
}

const lookedAt = ({ latent, law }: Found): { name: string; batch: Shape } => ({ name: latent, batch: law.batchShape });

/** @param before the batch of the law with two points and three rows: now there are three points and two rows */
function siteOf({ latent, law, isLocal }: Found, before: Shape, hasRows: boolean): Site {
  const now = law.batchShape;
  const ofPoints = before[0] === 2 && now[0] === 3 ? 1 : 0;
  const [was, is] = [before[ofPoints], now[ofPoints]];
  if (!isLocal && hasRows && was === 3 && is === 2)
    throw new ShapeError(
      `latent ${latent}`,
      "a law of all of the data: local(...) is for one of each row",
      `one whose batch has the rows, ${show(now)} of 3 points, 2 rows`,
    );
  const ofRows = isLocal && ((was === 3 && is === 2) || is === 1) ? 1 : 0;
  return {
    name: latent,
    isLocal,
    batchShape: now.slice(ofPoints + ofRows),
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
