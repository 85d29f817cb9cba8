/** What the page has to show, in float64 by code that shares nothing with the page or the library. */

export function softmax(logits: readonly number[]): number[] {
  const terms = logits.map(Math.exp);
  const sum = terms.reduce((total, term) => total + term, 0);
  return terms.map((term) => term / sum);
}

/** E[softmax((logits + G) / tau)] by simple Monte Carlo, with a generator of its own; its error is about 0.001. */
export function meanOfRelaxed(logits: readonly number[], tau: number, n = 100_000): number[] {
  const random = mulberry32(20261123);
  const mean = logits.map(() => 0);
  for (let i = 0; i < n; i++) {
    const y = softmax(logits.map((logit) => (logit - Math.log(-Math.log(random()))) / tau));
    for (let k = 0; k < mean.length; k++) mean[k] += y[k] / n;
  }
  return mean;
}

function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (((t ^ (t >>> 14)) >>> 0) + 0.5) / 2 ** 32;
  };
}

/** FNV-1a, 32 bits, by its definition. */
export function fnv1a(bytes: Uint8Array): string {
  let hash = 0x811c9dc5n;
  for (const byte of bytes) hash = ((hash ^ BigInt(byte)) * 0x01000193n) % 2n ** 32n;
  return hash.toString(16).padStart(8, "0");
}

/** The total variation. */
export const distance = (p: readonly number[], q: readonly number[]): number =>
  p.reduce((sum, value, k) => sum + Math.abs(value - q[k]), 0) / 2;
