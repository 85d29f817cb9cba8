import { at, clear, increase, set, single } from "../doubles";

/**
 * The permutation matrix y of the largest <x, y>: the assignment problem, by shortest augmenting paths in f64 (Jonker
 * and Volgenant 1987, without their initial heuristics; the Hungarian method in O(n³)). x, y: f32[count][n][n]; x is
 * finite.
 *
 * Rows enter in order and the first of the nearest columns is taken, so one of several best assignments is always the
 * same.
 */

/** work: f64[6 (n + 1)] */
export function assignmentForward(y: usize, x: usize, work: usize, count: usize, n: usize): void {
  memory.fill(y, 0, (count * n * n) << 2);
  const matched = work + (3 * (n + 1) << 3);
  for (; count > 0; count--, y += (n * n) << 2, x += (n * n) << 2) {
    clear(work, 6 * (n + 1));
    for (let row: usize = 1; row <= n; row++) enter(work, x, row, n);
    for (let j: usize = 1; j <= n; j++) f32.store(y + (((index(matched, j) - 1) * n + j - 1) << 2), 1);
  }
}

@inline
function index(list: usize, i: usize): usize {
  return usize(load<u32>(list + (i << 2)));
}

@inline
function setIndex(list: usize, i: usize, value: usize): void {
  store<u32>(list + (i << 2), u32(value));
}

/**
 * Matches one more row. Rows and columns count from 1; column 0 holds the row that enters. Potentials u, v keep
 * -x_ij - u_i - v_j >= 0, with 0 where i and j are matched.
 */
function enter(work: usize, x: usize, row: usize, n: usize): void {
  const room = (n + 1) << 3;
  const u = work;
  const v = u + room;
  const distance = v + room;
  /** Of a column: its row, the column before it on the path, and whether the tree of paths has it. */
  const matched = distance + room;
  const before = matched + room;
  const reached = before + room;
  setIndex(matched, 0, row);
  for (let j: usize = 0; j <= n; j++) {
    set(distance, j, Infinity);
    setIndex(reached, j, 0);
  }
  let column: usize = 0;
  do {
    setIndex(reached, column, 1);
    const i = index(matched, column);
    const costs = x + (((i - 1) * n) << 2);
    let nearest: usize = 0;
    let least: f64 = Infinity;
    for (let j: usize = 1; j <= n; j++) {
      if (index(reached, j) != 0) continue;
      const cost = -single(costs, j - 1) - at(u, i) - at(v, j);
      if (cost < at(distance, j)) {
        set(distance, j, cost);
        setIndex(before, j, column);
      }
      // The first one whatever its distance: what is no number must end, too.
      if (nearest == 0 || at(distance, j) < least) {
        if (nearest == 0 && !(at(distance, j) < Infinity)) setIndex(before, j, column);
        nearest = j;
        least = at(distance, j);
      }
    }
    for (let j: usize = 0; j <= n; j++) {
      if (index(reached, j) != 0) {
        increase(u, index(matched, j), least);
        increase(v, j, -least);
      } else increase(distance, j, -least);
    }
    column = nearest;
  } while (index(matched, column) != 0);
  while (column != 0) {
    const previous = index(before, column);
    setIndex(matched, column, index(matched, previous));
    column = previous;
  }
}
