import { get, put, send } from "../elementwise";
import { Stream } from "../philox";
import { begin } from "../rejection";
import { elementOf } from "../sampling";
import { logGammaVariate } from "../special/gamma-variate";
import { betaLogitSampleGradient } from "../special/incomplete-beta";
import { insidePositive } from "../special/inside";
import { others, total } from "../totals";

/** Samples of Dirichlet(a) over the rows of [rows, cols], s = Σ a, and their implicit gradients. */

/** Logarithms of the gamma variates of a row, f64 at `logs`; gives the place of the largest. */
function drawRow(logs: usize, a: usize, bytes: usize, k0: u32, k1: u32, element: u64): usize {
  let top: usize = 0;
  for (let i: usize = 0; i < bytes; i += 4, element++) {
    begin(k0, k1, element, Stream.GAMMAS);
    const log = logGammaVariate(get(a + i));
    f64.store(logs + (i << 1), log);
    if (log > f64.load(logs + (top << 1))) top = i;
  }
  return top;
}

/** log Σ exp of a row but for the element at `without` */
function logSum(logs: usize, bytes: usize, without: usize): f64 {
  let most = -Infinity;
  for (let i: usize = 0; i < bytes; i += 4) if (i != without) most = Math.max(most, f64.load(logs + (i << 1)));
  let sum: f64 = 0;
  for (let i: usize = 0; i < bytes; i += 4) if (i != without) sum += Math.exp(f64.load(logs + (i << 1)) - most);
  return most + Math.log(sum);
}

/** x = G / Σ G, from logarithms. logs: f64[cols] */
export function dirichletSample(
  y: usize, concentration: usize, logs: usize, rows: usize, cols: usize, k0: u32, k1: u32, low: u32, high: u32,
): void {
  const bytes = cols << 2;
  let element = elementOf(low, high);
  for (const end = y + rows * bytes; y < end; y += bytes, concentration += bytes, element += cols) {
    drawRow(logs, concentration, bytes, k0, k1, element);
    const log = logSum(logs, bytes, bytes);
    for (let i: usize = 0; i < bytes; i += 4) put(y + i, insidePositive(Math.exp(f64.load(logs + (i << 1)) - log)));
  }
}

/**
 * dx_j / da_i = x_i h_i (δ_ij - x_j), h_i = d logit x_i / da_i of the marginal Beta(a_i, s - a_i): a_i moves x_i, and
 * the others keep their proportions (Figurnov, Mohamed, Mnih 2018, section 3.2). The variates are drawn again.
 */
export function dirichletSampleBackward(
  dconcentration: usize, dy: usize, concentration: usize, logs: usize, rows: usize, cols: usize,
  k0: u32, k1: u32, low: u32, high: u32,
): void {
  const bytes = cols << 2;
  let element = elementOf(low, high);
  for (const end = dy + rows * bytes; dy < end; dy += bytes) {
    const top = drawRow(logs, concentration, bytes, k0, k1, element);
    const rest = logSum(logs, bytes, top); // of all but the largest: 1 - x_top has all its digits
    const log = logSum(logs, bytes, bytes);
    const s = total(concentration, bytes);
    const dtop = get(dy + top);
    let mean: f64 = 0; // Σ x_j (dy_j - dy_top): exact in the other x_j when x_top is next to 1
    for (let j: usize = 0; j < bytes; j += 4) mean += Math.exp(f64.load(logs + (j << 1)) - log) * (get(dy + j) - dtop);
    for (let i: usize = 0; i < bytes; i += 4) {
      const own = f64.load(logs + (i << 1));
      const upstream = Math.exp(own - log) * (get(dy + i) - dtop - mean);
      if (upstream == 0) continue;
      const logit = own - (i == top ? rest : log + Math.log1p(-Math.exp(own - log)));
      const h = betaLogitSampleGradient(logit, get(concentration + i), others(concentration, bytes, i, s));
      send(dconcentration, i, upstream * h);
    }
    if (dconcentration != 0) dconcentration += bytes;
    concentration += bytes;
    element += cols;
  }
}
