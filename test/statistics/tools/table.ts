/**
 * The distribution function of a density on [a, b], tabulated: x = (a + b) / 2 + (b - a) / 2 tanh(π/2 sinh t), the nodes of the
 * double exponential rule (Takahasi and Mori 1974), whose cells grow smaller towards both ends, where a density may be
 * singular. Cells are summed by Gauss's rule of five points.
 */
export function tabulate(density: (x: number) => number, ends: readonly number[]): (x: number) => number {
  const pieces = ends.slice(1).map((end, i) => piece(density, ends[i] as number, end));
  const total = pieces.reduce((sum, each) => sum + each.mass, 0);
  return (x) => {
    let below = 0;
    for (const { from, to, mass, upTo } of pieces) {
      if (x <= from) break;
      below += x >= to ? mass : upTo(x);
    }
    return Math.min(1, below / total);
  };
}

const REACH = 4;
const CELLS = 800;
const WIDTH = (2 * REACH) / CELLS;

const NODES = [0, 0.5384693101056831, -0.5384693101056831, 0.906179845938664, -0.906179845938664] as const;
const WEIGHTS = [
  0.5688888888888889, 0.47862867049936647, 0.47862867049936647, 0.23692688505618908, 0.23692688505618908,
] as const;

interface Piece {
  readonly from: number;
  readonly to: number;
  readonly mass: number;
  upTo(x: number): number;
}

function piece(density: (x: number) => number, from: number, to: number): Piece {
  const length = to - from;
  const integrand = (t: number): number => {
    const u = (Math.PI / 2) * Math.sinh(t);
    const gap = length / (1 + Math.exp(2 * Math.abs(u)));
    const x = u < 0 ? from + gap : to - gap;
    if (!(x > from && x < to)) return 0;
    const slope = ((length / 2) * (Math.PI / 2) * Math.cosh(t)) / Math.cosh(u) ** 2;
    return slope > 0 ? slope * density(x) : 0;
  };
  const gauss = (a: number, b: number): number => {
    const half = (b - a) / 2;
    return (
      NODES.reduce<number>((sum, node, i) => sum + (WEIGHTS[i] as number) * integrand(a + half * (1 + node)), 0) * half
    );
  };
  const sums = new Float64Array(CELLS + 1);
  for (let i = 0; i < CELLS; i++)
    sums[i + 1] = (sums[i] as number) + gauss(-REACH + i * WIDTH, -REACH + (i + 1) * WIDTH);
  const upTo = (x: number): number => {
    // 2 u = log(left / right) = π sinh t
    const [left, right] = [x - from, to - x];
    const t = Math.asinh(Math.log(left / right) / Math.PI);
    if (t <= -REACH) return 0;
    if (t >= REACH) return sums[CELLS] as number;
    const cell = Math.min(CELLS - 1, Math.floor((t + REACH) / WIDTH));
    return (sums[cell] as number) + gauss(-REACH + cell * WIDTH, t);
  };
  return { from, to, mass: sums[CELLS] as number, upTo };
}
