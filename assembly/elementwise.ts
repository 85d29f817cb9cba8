/**
 * Functions of one to four variables over arrays: y = f(a, b, ...) element by element, and their gradients,
 * da += d ∂f/∂a, db += d ∂f/∂b, ...
 *
 * Arrays are f32[n]; f takes and gives f64, so a result is rounded once. `ga`, `gb`, ...: where the gradients are added, 0
 * for a variable that wants none. An element whose upstream gradient d is 0 sends nothing, not even 0 times Infinity.
 */
type F1 = (a: f64) => f64;
type F2 = (a: f64, b: f64) => f64;
type F3 = (a: f64, b: f64, c: f64) => f64;
type F4 = (a: f64, b: f64, c: f64, d: f64) => f64;
type G1 = (a: f64) => void;
type G2 = (a: f64, b: f64) => void;
type G3 = (a: f64, b: f64, c: f64) => void;
type G4 = (a: f64, b: f64, c: f64, d: f64) => void;

/** The partial derivatives at the last point: what a gradient function leaves, since wasm functions give one value. */
export let pa: f64;
export let pb: f64;
export let pc: f64;
export let pd: f64;

@inline
export function partials(a: f64, b: f64 = 0, c: f64 = 0, d: f64 = 0): void {
  pa = a;
  pb = b;
  pc = c;
  pd = d;
}

@inline
export function get(at: usize): f64 {
  return f64(f32.load(at));
}

@inline
export function put(at: usize, y: f64): void {
  f32.store(at, f32(y));
}

/** Adds to the gradient at g, if there is one, `i` bytes into it. */
@inline
export function send(g: usize, i: usize, x: f64): void {
  if (g != 0) f32.store(g + i, f32(f64(f32.load(g + i)) + x));
}

export function map1(y: usize, a: usize, n: usize, f: F1): void {
  for (let i: usize = 0, end = n << 2; i < end; i += 4) put(y + i, f(get(a + i)));
}

export function map2(y: usize, a: usize, b: usize, n: usize, f: F2): void {
  for (let i: usize = 0, end = n << 2; i < end; i += 4) put(y + i, f(get(a + i), get(b + i)));
}

export function map3(y: usize, a: usize, b: usize, c: usize, n: usize, f: F3): void {
  for (let i: usize = 0, end = n << 2; i < end; i += 4) put(y + i, f(get(a + i), get(b + i), get(c + i)));
}

export function map4(y: usize, a: usize, b: usize, c: usize, d: usize, n: usize, f: F4): void {
  for (let i: usize = 0, end = n << 2; i < end; i += 4) put(y + i, f(get(a + i), get(b + i), get(c + i), get(d + i)));
}

export function gradient1(ga: usize, dy: usize, a: usize, n: usize, g: G1): void {
  for (let i: usize = 0, end = n << 2; i < end; i += 4) {
    const d = get(dy + i);
    if (d == 0) continue;
    g(get(a + i));
    send(ga, i, d * pa);
  }
}

export function gradient2(ga: usize, gb: usize, dy: usize, a: usize, b: usize, n: usize, g: G2): void {
  for (let i: usize = 0, end = n << 2; i < end; i += 4) {
    const d = get(dy + i);
    if (d == 0) continue;
    g(get(a + i), get(b + i));
    send(ga, i, d * pa);
    send(gb, i, d * pb);
  }
}

export function gradient3(
  ga: usize, gb: usize, gc: usize, dy: usize, a: usize, b: usize, c: usize, n: usize, g: G3,
): void {
  for (let i: usize = 0, end = n << 2; i < end; i += 4) {
    const d = get(dy + i);
    if (d == 0) continue;
    g(get(a + i), get(b + i), get(c + i));
    send(ga, i, d * pa);
    send(gb, i, d * pb);
    send(gc, i, d * pc);
  }
}

export function gradient4(
  ga: usize, gb: usize, gc: usize, gd: usize, dy: usize, a: usize, b: usize, c: usize, d: usize, n: usize, g: G4,
): void {
  for (let i: usize = 0, end = n << 2; i < end; i += 4) {
    const u = get(dy + i);
    if (u == 0) continue;
    g(get(a + i), get(b + i), get(c + i), get(d + i));
    send(ga, i, u * pa);
    send(gb, i, u * pb);
    send(gc, i, u * pc);
    send(gd, i, u * pd);
  }
}
