/** log sum exp of the values, -Infinity of none. */
export function logSumExp(values: ArrayLike<number>): number {
  let largest = -Infinity;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, values[i] as number);
  if (largest === -Infinity) return largest;
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += Math.exp((values[i] as number) - largest);
  return largest + Math.log(sum);
}

export const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
export const normalized = (values: readonly number[]): number[] => {
  const total = sum(values);
  return values.map((value) => value / total);
};

/** log x! */
export function logFactorial(x: number): number {
  let log = 0;
  for (let k = 2; k <= x; k++) log += Math.log(k);
  return log;
}
