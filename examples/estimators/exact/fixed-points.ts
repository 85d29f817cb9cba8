import type { Mean } from "./means.ts";
import type { Model } from "./model.ts";

/** Beyond, a probability is below 1e-5: descent has gone to a corner. */
const EDGE = 12;
const TOLERANCE = 1e-11;

/**
 * Where descent along the mean gradient comes to rest when it starts from these logits: the limit of infinitely small steps without
 * noise. A run that goes to a corner of the simplex is followed to log-odds of about 12.
 */
export function restingPoint(model: Model, mean: Mean, start: readonly number[]): number[] {
  return start.length === 2 ? onLine(model, mean, start) : inSpace(model, mean, start);
}

/** Of two categories: along the log-odds in small steps to where the slope changes sign, then bisection. */
function onLine(model: Model, mean: Mean, start: readonly number[]): number[] {
  const slope = (phi: number): number => mean(model, [phi, 0])[0] as number;
  let from = (start[0] as number) - (start[1] as number);
  const down = slope(from) > 0;
  const direction = down ? -1 : 1;
  let to = from;
  while (slope(to) > 0 === down) {
    if (Math.abs(to) >= EDGE) return [to, 0];
    from = to;
    to += direction * 0.05;
  }
  while (Math.abs(to - from) > TOLERANCE) {
    const middle = (from + to) / 2;
    if (slope(middle) > 0 === down) from = middle;
    else to = middle;
  }
  return [(from + to) / 2, 0];
}

/** Gradient steps that grow while the gradient shrinks. */
function inSpace(model: Model, mean: Mean, start: readonly number[]): number[] {
  let at = [...start];
  let slope = mean(model, at);
  let rate = 0.5;
  for (let pass = 0; pass < 4000; pass++) {
    if (norm(slope) < TOLERANCE || Math.max(...at) - Math.min(...at) > 2 * EDGE) break;
    const step = Math.min(rate, 0.5 / norm(slope));
    const next = at.map((each, i) => each - step * (slope[i] as number));
    const there = mean(model, next);
    const turned = there.reduce((sum, each, i) => sum + each * (slope[i] as number), 0) < 0;
    if (turned && norm(there) > 0.5 * norm(slope)) rate = step / 2;
    else {
      [at, slope] = [next, there];
      rate = turned ? step / 1.5 : step * 1.3;
    }
  }
  return at;
}

const norm = (vector: readonly number[]): number => Math.max(...vector.map(Math.abs));
