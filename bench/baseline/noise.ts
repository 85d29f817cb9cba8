import { draw, ULP, words } from "./random.ts";

/** Noise in plain JavaScript: 32 bits a value, midpoints (x + ½) 2^-32, so that no logarithm sees 0. */

export function uniform(out: Float32Array): void {
  for (let start = 0; start < out.length; ) {
    const count = draw(start, out.length);
    for (let i = 0; i < count; i++) out[start + i] = (words[i] + 0.5) * ULP;
    start += count;
  }
}

export function exponential(out: Float32Array): void {
  for (let start = 0; start < out.length; ) {
    const count = draw(start, out.length);
    for (let i = 0; i < count; i++) out[start + i] = -Math.log((words[i] + 0.5) * ULP);
    start += count;
  }
}

export function gumbel(out: Float32Array): void {
  for (let start = 0; start < out.length; ) {
    const count = draw(start, out.length);
    for (let i = 0; i < count; i++) out[start + i] = -Math.log(-Math.log((words[i] + 0.5) * ULP));
    start += count;
  }
}

export function logistic(out: Float32Array): void {
  for (let start = 0; start < out.length; ) {
    const count = draw(start, out.length);
    for (let i = 0; i < count; i++) {
      const u = (words[i] + 0.5) * ULP;
      out[start + i] = Math.log(u / (1 - u));
    }
    start += count;
  }
}

/** Box and Muller 1958, both outputs of a pair. `out` has an even length. */
export function normal(out: Float32Array): void {
  for (let start = 0; start < out.length; ) {
    const count = draw(start, out.length);
    for (let i = 0; i < count; i += 2) {
      const radius = Math.sqrt(-2 * Math.log((words[i] + 0.5) * ULP));
      const angle = 2 * Math.PI * ULP * words[i + 1];
      out[start + i] = radius * Math.cos(angle);
      out[start + i + 1] = radius * Math.sin(angle);
    }
    start += count;
  }
}
