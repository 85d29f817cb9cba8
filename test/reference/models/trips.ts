export interface Trip {
  readonly length: number;
  /** Numbers of the cities as they are met. A round trip starts at 0, a way at either end. */
  readonly order: readonly number[];
}

/** The shortest round trip of all cities, by dynamic programming (Held & Karp 1962): exact. */
export function shortestTrip(distances: readonly (readonly number[])[]): Trip {
  const K = distances.length - 1;
  const to = (from: number, item: number): number => (distances[from] as readonly number[])[item + 1] as number;
  const home = (item: number): number => (distances[item + 1] as readonly number[])[0] as number;
  // best[set * K + last]: the shortest way from city 0 through the set, ending at `last`.
  const best = new Float64Array(2 ** K * K).fill(Infinity);
  const before = new Int8Array(best.length).fill(-1);
  for (let item = 0; item < K; item++) best[2 ** item * K + item] = to(0, item);
  for (let set = 1; set < 2 ** K; set++) {
    for (let last = 0; last < K; last++) {
      const length = best[set * K + last] as number;
      if (length === Infinity) continue;
      for (let next = 0; next < K; next++) {
        if ((set >> next) & 1) continue;
        const at = (set | (1 << next)) * K + next;
        if (length + to(last + 1, next) < (best[at] as number)) {
          best[at] = length + to(last + 1, next);
          before[at] = last;
        }
      }
    }
  }
  let set = 2 ** K - 1;
  const lengths = Array.from({ length: K }, (_, last) => (best[set * K + last] as number) + home(last));
  let last = lengths.indexOf(Math.min(...lengths));
  const order: number[] = [];
  while (last >= 0) {
    order.unshift(last);
    const previous = before[set * K + last] as number;
    set &= ~(1 << last);
    last = previous;
  }
  return { length: Math.min(...lengths), order: [0, ...order.map((item) => item + 1)] };
}

/** The shortest way through all cities from anywhere to anywhere: a round trip with one more city, near to all others. */
export function shortestWay(distances: readonly (readonly number[])[]): Trip {
  const zeros = distances.map(() => 0);
  const { length, order } = shortestTrip([[0, ...zeros], ...distances.map((row) => [0, ...row])]);
  return { length, order: order.slice(1).map((city) => city - 1) };
}

/** All orders of 0 to K - 1. */
export function* orders(K: number): Generator<number[]> {
  if (K === 0) yield [];
  else {
    for (const order of orders(K - 1)) {
      for (let at = 0; at < K; at++) yield [...order.slice(0, at), K - 1, ...order.slice(at)];
    }
  }
}
