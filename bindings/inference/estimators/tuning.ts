import { type Learner, type Memory, Numbers, type State, together } from "../memory.ts";

const [DECAY_1, DECAY_2] = [0.9, 0.999];
const [LEAST, MOST] = [0.01, 100];

/** A number, and Adam's moments of its slope: of steps that do not depend on the scale of what is minimized. */
class Tuned extends Numbers<"value" | "mean" | "square" | "power1" | "power2"> {
  constructor(value: number) {
    super({ value, mean: 0, square: 0, power1: 1, power2: 1 });
  }

  /** Takes in a slope; what Adam at rate 1 would subtract. */
  step(slope: number): number {
    const { values } = this;
    values.power1 *= DECAY_1;
    values.power2 *= DECAY_2;
    values.mean = DECAY_1 * values.mean + (1 - DECAY_1) * slope;
    values.square = DECAY_2 * values.square + (1 - DECAY_2) * slope * slope;
    if (values.square === 0) return 0;
    return values.mean / (1 - values.power1) / Math.sqrt(values.square / (1 - values.power2));
  }
}

/**
 * eta and tau of a control variate, which may be learned by Adam (Kingma, Ba 2015) on the slopes of the squared norm of the gradient
 * with respect to eta and to log tau. tau stays within 0.01 to 100.
 */
export class Tuning implements Learner {
  readonly learners: readonly Learner[] = [this];
  readonly #rate: number;
  readonly #eta: Tuned;
  readonly #tau: Tuned;
  readonly #both: Memory;

  /** @param rate of learning; 0 where nothing is learned */
  constructor(eta: number, tau: number, rate: number) {
    this.#rate = rate;
    this.#eta = new Tuned(eta);
    this.#tau = new Tuned(tau);
    this.#both = together({ eta: this.#eta, tau: this.#tau }) as Memory;
  }

  get eta(): number {
    return this.#eta.values.value;
  }

  get tau(): number {
    return this.#tau.values.value;
  }

  get state(): State {
    return this.#both.state;
  }

  restore(state: State): void {
    this.#both.restore(state);
  }

  /** Slopes that are not finite, of a cost that overflowed, are left out. */
  learn([eta, logTau]: readonly [eta: number, logTau: number] | readonly number[]): void {
    const rate = this.#rate;
    const slopes = { eta: eta as number, logTau: logTau as number };
    if (!Number.isFinite(slopes.eta * slopes.eta + slopes.logTau * slopes.logTau)) return;
    this.#eta.values.value -= rate * this.#eta.step(slopes.eta);
    // (1 - s) / (1 + s) is exp(-2 s) up to s^3. Adam's step is below 4, and the rate 1/4 at most, so that s is below 1/2.
    const half = (rate * this.#tau.step(slopes.logTau)) / 2;
    this.#tau.values.value = Math.min(MOST, Math.max(LEAST, (this.tau * (1 - half)) / (1 + half)));
  }
}
