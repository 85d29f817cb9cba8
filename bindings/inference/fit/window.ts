/** Bounds of the steps since the last report, and what came before: numbers that survive JSON. */
export interface WindowState {
  readonly steps: number;
  readonly mean: number;
  readonly squares: number;
  readonly best: number | null;
  readonly waited: number;
}

/** Means over the steps since the last report (Welford 1962), and how long none was better than the best. */
export class Window {
  #steps = 0;
  #mean = 0;
  #squares = 0;
  #best: number | null = null;
  #waited = 0;

  add(bound: number): void {
    this.#steps++;
    const apart = bound - this.#mean;
    this.#mean += apart / this.#steps;
    this.#squares += apart * (bound - this.#mean);
  }

  /** Of the steps since the last time, which are forgotten. */
  report(): { readonly bound: number; readonly standardError: number } {
    const n = this.#steps;
    const standardError = n > 1 ? Math.sqrt(Math.max(this.#squares, 0) / (n - 1) / n) : Number.NaN;
    const bound = this.#mean;
    if (this.#best === null || bound > this.#best + (standardError || 0)) {
      this.#best = bound;
      this.#waited = 0;
    } else this.#waited++;
    this.#steps = 0;
    this.#mean = 0;
    this.#squares = 0;
    return { bound, standardError };
  }

  /** Reports in a row that were not better than the best. */
  get waited(): number {
    return this.#waited;
  }

  get state(): WindowState {
    return {
      steps: this.#steps,
      mean: this.#mean,
      squares: this.#squares,
      best: this.#best,
      waited: this.#waited,
    };
  }

  restore({ steps, mean, squares, best, waited }: WindowState): void {
    this.#steps = steps;
    this.#mean = mean;
    this.#squares = squares;
    this.#best = best;
    this.#waited = waited;
  }
}
