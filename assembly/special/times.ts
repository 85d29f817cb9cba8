/** k log and k / p in sums over the outcomes of trials, where what did not happen (k = 0) adds nothing, possible or not. */

export function times(k: f64, log: f64): f64 {
  return k == 0 ? 0 : k * log;
}

export function over(k: f64, p: f64): f64 {
  return k == 0 ? 0 : k / p;
}
