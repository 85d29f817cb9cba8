/** Mean and sum of squared deviations of numbers that come one by one. Parts that workers have added may be merged. */
export class Running {
  n: number;
  mean: number;
  squares: number;

  constructor(n = 0, mean = 0, squares = 0) {
    this.n = n;
    this.mean = mean;
    this.squares = squares;
  }

  add(x: number): void {
    const before = x - this.mean;
    this.mean += before / ++this.n;
    this.squares += before * (x - this.mean);
  }

  merge({ n, mean, squares }: Pick<Running, "n" | "mean" | "squares">): void {
    if (n === 0) return;
    const all = this.n + n;
    const apart = mean - this.mean;
    this.mean += apart * (n / all);
    this.squares += squares + apart * apart * ((this.n * n) / all);
    this.n = all;
  }

  /** Of the mean. */
  get standardError(): number {
    return Math.sqrt(this.squares / (this.n - 1) / this.n);
  }
}

type Data = Pick<Moments, "n" | "mean" | "squares"> & {
  readonly distances: Pick<Running, "n" | "mean" | "squares">;
};

/**
 * Mean and variances of vectors that come one by one, in f64: nothing is lost where the mean is large beside the deviations. The order
 * of `add` decides the last bits. Merged, parts are to rounding what they would be as one.
 *
 * Welford 1962; Chan, Golub, LeVeque 1979, "Updating formulae and a pairwise algorithm for computing sample variances".
 */
export class Moments {
  n: number;
  readonly mean: Float64Array;
  /** Of each coordinate, the sum of squared deviations from the mean. */
  readonly squares: Float64Array;
  /**
   * What each vector adds to the sum of all squares: about its squared distance from the mean, so that their spread tells how well the
   * trace of the covariance is known. The first ones differ from that, by a part that goes down as log n / n; after `merge`, the first ones
   * of each part: with parts of 256, `varianceError` is right to about 2 %.
   */
  readonly distances: Running;

  /** @param from what was added before, of arrays that are written to: nothing by default */
  constructor(size: number, from?: Data) {
    this.n = from?.n ?? 0;
    this.mean = from?.mean ?? new Float64Array(size);
    this.squares = from?.squares ?? new Float64Array(size);
    this.distances = new Running(from?.distances.n, from?.distances.mean, from?.distances.squares);
  }

  add(vector: ArrayLike<number>): void {
    const { mean, squares } = this;
    const n = ++this.n;
    let distance = 0;
    for (let j = 0; j < mean.length; j++) {
      const x = vector[j] as number;
      const before = x - (mean[j] as number);
      (mean[j] as number) += before / n;
      const square = before * (x - (mean[j] as number));
      (squares[j] as number) += square;
      distance += square;
    }
    this.distances.add(distance);
  }

  merge(other: Data): void {
    if (other.n === 0) return;
    const all = this.n + other.n;
    const { mean, squares } = this;
    for (let j = 0; j < mean.length; j++) {
      const apart = (other.mean[j] as number) - (mean[j] as number);
      (mean[j] as number) += apart * (other.n / all);
      (squares[j] as number) += (other.squares[j] as number) + apart * apart * ((this.n * other.n) / all);
    }
    this.n = all;
    this.distances.merge(other.distances);
  }

  /** Unbiased: the trace of the covariance. */
  get variance(): number {
    return this.squares.reduce((sum, each) => sum + each, 0) / (this.n - 1);
  }

  get varianceError(): number {
    return this.distances.standardError;
  }

  /** Of a coordinate of the mean, squared. */
  squaredError(j: number): number {
    return (this.squares[j] as number) / (this.n - 1) / this.n;
  }
}
