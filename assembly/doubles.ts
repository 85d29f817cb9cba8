/** Scratch memory of f64, and f32 rows read and written through it: element i of what begins at an address. */

@inline
export function at(x: usize, i: usize): f64 {
  return f64.load(x + (i << 3));
}

@inline
export function set(x: usize, i: usize, value: f64): void {
  f64.store(x + (i << 3), value);
}

@inline
export function increase(x: usize, i: usize, value: f64): void {
  set(x, i, at(x, i) + value);
}

export function clear(x: usize, n: usize): void {
  memory.fill(x, 0, n << 3);
}

/** Element i of an f32 array. */
@inline
export function single(x: usize, i: usize): f64 {
  return f64(f32.load(x + (i << 2)));
}

@inline
export function setSingle(x: usize, i: usize, value: f64): void {
  f32.store(x + (i << 2), f32(value));
}

/** Adds to an f32 gradient, if there is one (its address is not 0). */
@inline
export function send(gradient: usize, i: usize, value: f64): void {
  if (gradient != 0) setSingle(gradient, i, single(gradient, i) + value);
}

/** log Σ exp(w) of w: f64[n], which becomes softmax(w). The largest of w is finite. */
export function softmaxInPlace(w: usize, n: usize): f64 {
  let most = at(w, 0);
  for (let i: usize = 1; i < n; i++) most = Math.max(most, at(w, i));
  let total: f64 = 0;
  for (let i: usize = 0; i < n; i++) {
    const e = Math.exp(at(w, i) - most);
    set(w, i, e);
    total += e;
  }
  for (let i: usize = 0; i < n; i++) set(w, i, at(w, i) / total);
  return most + Math.log(total);
}

/** p: f64[n] of a softmax becomes the gradient at what it was taken of, p (g - <p, g>); g: f32[n]. */
export function softmaxGradientInPlace(p: usize, g: usize, n: usize): void {
  let mean: f64 = 0;
  for (let i: usize = 0; i < n; i++) mean += at(p, i) * single(g, i);
  for (let i: usize = 0; i < n; i++) set(p, i, at(p, i) * (single(g, i) - mean));
}
