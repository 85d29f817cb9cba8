/** Keeps the `count` leading values and sets the others to -Infinity. @returns how many are kept: -Infinity never is */
export const keepCount = (values: Float32Array, count: number): number => keep(values, undefined, () => count);

/**
 * Keeps the fewest leading values whose weights reach `share` of all weight and sets the others to -Infinity.
 * @param weights one for each value, none negative, not all 0
 * @param share above 0 and at most 1
 * @returns how many are kept, at least 1
 */
export const keepShare = (values: Float32Array, weights: Float32Array, share: number): number =>
  // At least the smallest float: a product that vanishes would be reached by nothing at all.
  keep(values, weights, () => Math.max(share * total(), Number.MIN_VALUE));

/** Weight at each value of some bits of the rank; cleared before every use, and used within one synchronous call. */
const sums = new Float64Array(1 << 11);

/** Elements that may be the last one kept; as large as the longest row so far. */
let open = new Int32Array(0);

/**
 * Leading is: in decreasing order of value, of equal values the lowest index first. A radix selection on the bits of the
 * floats, 11, 11 and 10 of them, in time proportional to the length for any values: the first digit takes two passes over
 * all of them, the others only look at those that share the digits of the last one kept. Sums run in f64.
 *
 * @param values no NaN and no -0 (its bits rank below those of 0)
 * @param findGoal how much weight to keep; called when `sums` holds all of it
 */
function keep(values: Float32Array, weights: Float32Array | undefined, findGoal: () => number): number {
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  if (open.length < bits.length) open = new Int32Array(bits.length);

  sums.fill(0);
  // Two loops: one that asks for weights at every element takes twice the time.
  if (weights) for (let i = 0; i < bits.length; i++) sums[firstDigit(bits[i])] += weights[i];
  else for (let i = 0; i < bits.length; i++) sums[firstDigit(bits[i])]++;
  sums[ABSENT] = 0;
  const goal = findGoal();
  let { last, above } = descend(0, goal);
  if (last === ABSENT) return 0;

  let kept = 0;
  let left = 0;
  for (let i = 0; i < bits.length; i++) {
    const digit = firstDigit(bits[i]);
    if (digit < last) values[i] = -Infinity;
    else if (digit === last) open[left++] = i;
    else kept++;
  }

  for (const shift of [10, 0]) {
    const mask = shift === 0 ? 0x3ff : 0x7ff;
    sums.fill(0);
    for (let j = 0; j < left; j++) sums[(rankOf(bits[open[j]]) >> shift) & mask] += weights ? weights[open[j]] : 1;
    ({ last, above } = descend(above, goal));
    let stay = 0;
    for (let j = 0; j < left; j++) {
      const i = open[j];
      const digit = (rankOf(bits[i]) >> shift) & mask;
      if (digit < last) values[i] = -Infinity;
      else if (digit === last) open[stay++] = i;
      else kept++;
    }
    left = stay;
  }

  for (let j = 0; j < left; j++) {
    if (above < goal) kept++;
    else values[open[j]] = -Infinity;
    above += weights ? weights[open[j]] : 1;
  }
  return kept;
}

/** Integers in the order of the floats: of negative floats all bits but the sign are turned. */
const rankOf = (bits: number): number => bits ^ ((bits >> 31) & 0x7fffffff);

const firstDigit = (bits: number): number => (rankOf(bits) >> 21) + 0x400;

/** The first digit of -Infinity, which no finite float has. */
const ABSENT = firstDigit(0xff800000 | 0);

/** From the highest place down: the one where the sum, with what lies `above`, reaches the goal, or the last that has one. */
function descend(above: number, goal: number): { last: number; above: number } {
  let last = ABSENT;
  let before = above;
  for (let place = sums.length - 1; place >= 0; place--) {
    if (sums[place] === 0) continue;
    last = place;
    before = above;
    above += sums[place];
    if (above >= goal) break;
  }
  return { last, above: before };
}

/** In the order of `descend`, which so reaches it to the last bit. */
function total(): number {
  let sum = 0;
  for (let place = sums.length - 1; place >= 0; place--) sum += sums[place];
  return sum;
}
