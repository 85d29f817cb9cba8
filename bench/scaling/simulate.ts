/** A run on many workers, event by event: who waits for what. Times are seconds, sizes bytes. */

/** What one round has to do: a whole expectation, a step of training. */
export interface Round {
  /** Of each shard, on a worker that nothing disturbs. */
  readonly shards: readonly number[];
  /** What each worker is sent before its first shard, such as parameters. */
  readonly common: number;
  /** What comes back for a shard. */
  readonly partial: number;
  /** In the main program, for each partial result: decode, check, add. */
  readonly reduce: number;
  /** In the main program, when all are there: the optimizer. */
  readonly serial: number;
}

/** What workers and the main program are connected by. */
export interface Means {
  /** Bytes a second of the one link of whoever hands out and gathers, each way. */
  readonly bandwidth: number;
  /** For each shard, at the worker: there and back. */
  readonly latency: number;
  /** Shards a second that can be handed out. */
  readonly rate: number;
  /** Partial results that are added together on the way, and copies that are passed on, by helpers in layers; Infinity: the main program does all. */
  readonly fan: number;
}

/** Factors by which a shard takes longer: as its quantiles, evenly spaced, the last one the worst. */
export type Quantiles = readonly number[];

/** Linear between quantiles. @param u from 0 to 1 */
export function factorAt(quantiles: Quantiles, u: number): number {
  const place = u * (quantiles.length - 1);
  const below = Math.min(Math.floor(place), quantiles.length - 2);
  if (below < 0) return quantiles[0];
  return quantiles[below] + (place - below) * (quantiles[below + 1] - quantiles[below]);
}

/** Of shards between whose quantiles it goes in straight lines. */
export const meanOf = (quantiles: Quantiles): number =>
  quantiles.slice(1).reduce((sum, factor, i) => sum + (factor + quantiles[i]) / 2, 0) / (quantiles.length - 1);

/**
 * From the first message to the end of the serial part. Each worker takes the next shard when it is free; results pass the gatherer's
 * link, then its processor, one after the other.
 *
 * @param slowdown of shard i
 */
export function timeOf(round: Round, workers: number, means: Means, slowdown: (shard: number) => number): number {
  const { shards, common, partial, reduce, serial } = round;
  const { bandwidth, latency, rate, fan } = means;
  const used = Math.min(workers, shards.length);
  const copy = common / bandwidth;
  const free = Array.from({ length: used }, (_, worker) => arrival(worker, used, copy, fan));
  const heap = new Heap(free);
  let handed = 0;
  const ends = shards.map((shard, i) => {
    const start = Math.max(heap.least, handed);
    handed = start + 1 / rate;
    const end = start + latency + shard * slowdown(i);
    heap.replaceLeast(end);
    return end;
  });
  return gathered(ends, partial / bandwidth, reduce, fan) + serial;
}

/** When the copy for a worker is there: sent one after the other, or passed on in layers. */
function arrival(worker: number, workers: number, copy: number, fan: number): number {
  if (fan === Number.POSITIVE_INFINITY) return (worker + 1) * copy;
  let time = 0;
  for (let below = workers; below > 1; below = Math.ceil(below / fan)) time += Math.min(fan, below) * copy;
  return Math.max(time, copy);
}

/** When the last result is added: through one link and one processor, or through those of helpers, `fan` results each. */
function gathered(times: readonly number[], link: number, reduce: number, fan: number): number {
  let layer = [...times].sort((a, b) => a - b);
  do {
    const next: number[] = [];
    const group = Math.min(fan, layer.length);
    for (let from = 0; from < layer.length; from += group) {
      let [received, added] = [0, 0];
      for (const time of layer.slice(from, from + group)) {
        received = Math.max(received, time) + link;
        added = Math.max(added, received) + reduce;
      }
      next.push(added);
    }
    layer = next.sort((a, b) => a - b);
  } while (layer.length > 1);
  return layer[0];
}

/** Of times: gives the least, and takes another in its place. */
class Heap {
  readonly #times: number[];

  constructor(times: readonly number[]) {
    // A sorted array is one.
    this.#times = [...times].sort((a, b) => a - b);
  }

  get least(): number {
    return this.#times[0];
  }

  replaceLeast(time: number): void {
    const times = this.#times;
    let at = 0;
    for (;;) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      const child = right < times.length && times[right] < times[left] ? right : left;
      if (child >= times.length || times[child] >= time) break;
      times[at] = times[child];
      at = child;
    }
    times[at] = time;
  }
}
