import { createCore, foldIn, gumbelSoftmax, type Key, key, softmax } from "reparam";
import type { Settings } from "./settings.ts";
import { TAU, tauAt } from "./settings.ts";
import { CATEGORIES, type Summary, summarize, type Triple } from "./statistics.ts";

/** All that the page asks of the library, in an instance of its own. */
export class Sampler {
  readonly core = createCore();

  /** The probabilities the samples have to meet. */
  probabilities(logits: Triple): Triple {
    const [a, b, c] = this.core.run(() => softmax([...logits]));
    return [a, b, c];
  }

  /** [n × 3]; the noise depends on seed and draw alone, so the same dots move when the logits or tau do. */
  draw(settings: Settings): Float32Array {
    const { tau, hard } = settings;
    return this.core.run(() => gumbelSoftmax(keyOf(settings), rowsOf(settings), { cols: CATEGORIES, tau, hard }));
  }

  /** What the relaxed samples of the same noise are like at other temperatures. */
  sweep(settings: Settings): readonly Point[] {
    const logits = rowsOf(settings);
    const out = new Float32Array(logits.length);
    return this.core.run(() => {
      const noise = keyOf(settings);
      return SWEEP.map((tau) => ({ tau, ...summarize(gumbelSoftmax(noise, logits, { cols: CATEGORIES, tau, out })) }));
    });
  }

  /** Nanoseconds an element of a draw, the median of a few turns of many draws each, since the clock is coarse. */
  measure(settings: Settings): number {
    const logits = rowsOf(settings);
    const out = new Float32Array(logits.length);
    const { tau, hard } = settings;
    const turn = (noise: Key): number => {
      const start = performance.now();
      for (let draws = 1; ; draws++) {
        gumbelSoftmax(noise, logits, { cols: CATEGORIES, tau, hard, out });
        const elapsed = performance.now() - start;
        if (elapsed >= TURN) return (elapsed * 1e6) / draws / out.length;
      }
    };
    const times = this.core.run(() => Array.from({ length: TURNS }, () => turn(keyOf(settings))));
    return times.sort((one, other) => one - other)[TURNS >> 1];
  }
}

/** Milliseconds: many ticks of the clock, and all turns together not long enough to be felt. */
const TURN = 2;
const TURNS = 9;

export interface Point extends Summary {
  readonly tau: number;
}

const SWEEP: readonly number[] = Array.from({ length: 26 }, (_, i) => tauAt((i * TAU.steps) / 25));

const keyOf = ({ seed, draw }: Settings): Key => foldIn(key(seed), draw);

/** The logits once for each sample. */
function rowsOf({ logits, n }: Settings): Float32Array {
  const rows = new Float32Array(n * CATEGORIES);
  for (let at = 0; at < rows.length; at++) rows[at] = logits[at % CATEGORIES];
  return rows;
}
