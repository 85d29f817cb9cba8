/** log of the mean of exp of the values. */
export function logMeanExp(logs: Float32Array): number {
  const most = Math.max(...logs);
  return most + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - most), 0) / logs.length);
}
