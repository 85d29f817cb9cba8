/** Three digits; powers of ten where zeros would not be read. */
export function tidy(x: number): string {
  if (x === 0 || !Number.isFinite(x)) return Number.isNaN(x) ? "–" : String(x);
  const size = Math.abs(x);
  const [mantissa = "", exponent = ""] = x.toExponential(2).split("e");
  if (size < 1e-3 || size >= 1e5) return `${mantissa}e${exponent.replace("+", "")}`;
  return size >= 100 ? String(Math.round(x)) : x.toPrecision(3);
}
