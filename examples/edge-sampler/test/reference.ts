/** The definition, with a full sort; it shares nothing with the code under test but the order of summation. */

/** Numbers of the elements kept, in increasing order. */
export function leading(values: ArrayLike<number>, target: number, weights?: ArrayLike<number>): number[] {
  const kept: number[] = [];
  let reached = 0;
  for (const i of ranking(values)) {
    if (values[i] === -Infinity || reached >= target) break;
    kept.push(i);
    reached += weights ? weights[i] : 1;
  }
  return kept.sort((a, b) => a - b);
}

const ranking = (values: ArrayLike<number>): number[] =>
  Array.from(values, (_, i) => i).sort((a, b) => (values[a] === values[b] ? a - b : values[a] > values[b] ? -1 : 1));

/** Tokens left by temperature, top-k and top-p, in float64. */
export function candidates(logits: readonly number[], temperature: number, topK: number, topP: number): number[] {
  const tempered = logits.map((logit) => Math.fround(logit / temperature));
  const first = leading(tempered, topK === 0 ? Infinity : topK);
  const left = tempered.map((value, i) => (first.includes(i) ? value : -Infinity));
  const largest = Math.max(...left);
  const weights = left.map((value) => Math.exp(value - largest));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return leading(left, topP === 1 ? Infinity : topP * total, weights);
}
