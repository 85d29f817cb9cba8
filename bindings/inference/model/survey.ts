import { ShapeError } from "../../core/index.ts";
import { show } from "../../graph/extend.ts";
import type { Tensor } from "../../graph/index.ts";
import { Recorder } from "../explain/record.ts";
import type { Model } from "./model.ts";
import type { Table } from "./table.ts";
import { Terms } from "./terms.ts";
import { type Setting, Visit } from "./visit.ts";

/**
 * Names of factors [rows], which those of [points] look like where there are as many points as rows: here there are not. Refuses what
 * is of another shape, and what has no dimension for the points, or the rows, of a latent that it depends on: a sum too many.
 */
export function rowFactorsOf(model: Model<never>, table: Table, setting: Setting): ReadonlySet<string> {
  const { points, rows, known } = setting;
  const recorder = new Recorder();
  return recorder.run(() => {
    const visit = new Visit(setting);
    visit.run(model, table);
    const found = new Set<string>();
    for (const { title, name, isFactor, logDensity } of visit.parts) {
      const { shape } = logDensity;
      const depended = [...visit.latents].filter(([, points]) => dependsOn(recorder, logDensity, points));
      for (const [latent] of depended) {
        const isLocal = known.get(latent)?.isLocal;
        if (shape[0] === points && (!isLocal || shape[1] === rows)) continue;
        const expected = isLocal ? "[points, rows, ...]" : "[points, ...]";
        throw new ShapeError(
          title,
          `${expected}, as it depends on ${latent}: a sum over what is behind these alone`,
          `${show(shape)} of ${points} points${rows === undefined ? "" : `, ${rows} rows`}`,
        );
      }
      if (isFactor && shape.length === 1 && shape[0] === rows) found.add(name);
      const terms = new Terms(points, rows ?? 1);
      if (rows === undefined) terms.addAll(title, logDensity);
      else if (isFactor) terms.add(title, logDensity, found.has(name));
      else terms.addEach(title, logDensity);
    }
    return found;
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
