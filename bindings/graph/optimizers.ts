/// <reference lib="esnext.disposable" preserve="true" />
import {
  ArgumentError,
  checkFinite,
  checkOptions,
  checkPositive,
  DisposedError,
  describe,
  makeDisposable,
  net,
} from "../core/index.ts";
import { type Schedule, valueAt } from "./schedules.ts";
import { checkParameters, type Parameter, type Parameters } from "./tensor.ts";

/** State of one parameter: addresses of arrays of its size, by name. */
type Slots = Readonly<Record<string, number>>;

/**
 * Changes parameters by their accumulated gradients. Its own state lives as long as it does: free it with `dispose()`.
 */
export abstract class Optimizer {
  /** For `using`: the same as `dispose()`. */
  declare readonly [Symbol.dispose]: () => void;
  /** Steps taken. */
  steps = 0;
  /** @internal Which optimizer this is, for checkpoints. */
  abstract readonly kind: string;
  /** @internal */
  readonly entries: readonly { readonly name: string; readonly parameter: Parameter; readonly slots: Slots }[];
  readonly #rate: number | Schedule;
  readonly #life = { open: true };

  /** @internal */
  constructor(parameters: Parameters, rate: number | Schedule, slots: readonly string[]) {
    const named = checkParameters(parameters);
    checkRate(rate);
    this.#rate = rate;
    const [[, { core }]] = named as [[string, Parameter]];
    for (const [name, parameter] of named)
      if (parameter.core !== core)
        throw new ArgumentError(`parameters.${name}`, "a parameter of the core of the first", "one of another core");
    const addresses = core.allocatePersistent(named.flatMap(([, { size }]) => slots.map(() => size)));
    this.entries = named.map(([name, parameter], i) => ({
      name,
      parameter,
      slots: Object.fromEntries(slots.map((slot, j) => [slot, addresses[i * slots.length + j] as number])),
    }));
    net.register(this, this.#release(), this);
  }

  /**
   * Applies the accumulated gradients and sets them to 0.
   *
   * @param options `rate`: the learning rate of this step instead of the optimizer's own
   */
  step(options: { readonly rate?: number } = {}): void {
    const { rate } = checkOptions(options, ["rate"]);
    this.check();
    const size = checkFinite("rate", rate === undefined ? valueAt(this.#rate, this.steps) : rate, 0);
    this.steps++;
    this.advance();
    for (const { parameter, slots } of this.entries) {
      this.update(parameter, slots, size);
      parameter.core.kernels.fill(parameter.gradient, 0, parameter.size);
      parameter.isClear = true;
    }
  }

  /** Sets the accumulated gradients to 0. */
  clear(): void {
    this.check();
    for (const { parameter } of this.entries) parameter.clear();
  }

  /** Frees its state; any later use throws a DisposedError. The parameters stay. */
  dispose(): void {
    if (!this.#life.open) return;
    this.#life.open = false;
    net.unregister(this);
    this.#release()();
  }

  /** @internal Refuses a disposed optimizer, and one whose parameters are gone. */
  check(): void {
    if (!this.#life.open) throw new DisposedError("optimizer", "an optimizer in use", "one that was disposed");
    for (const { name, parameter } of this.entries) parameter.check(`parameters.${name}`);
  }

  /** Frees the state; holds on to addresses, not to the optimizer. */
  #release(): () => void {
    const owned = this.entries.map(({ parameter, slots }) => ({
      heap: parameter.core.heap,
      addresses: Object.values(slots),
    }));
    return () => {
      for (const { heap, addresses } of owned) for (const address of addresses) heap.release(address);
    };
  }

  /** @internal What depends on the number of steps alone. */
  protected advance(): void {}
  /** @internal */
  protected abstract update(parameter: Parameter, slots: Slots, rate: number): void;
  /** @internal Numbers that a checkpoint has to keep. */
  numbers(): Record<string, number> {
    return { steps: this.steps };
  }
  /** @internal */
  restore(numbers: Record<string, number>): void {
    this.steps = numbers.steps as number;
  }
}

makeDisposable(Optimizer.prototype);

class Adam extends Optimizer {
  readonly kind = "adam";
  readonly #options: { beta1: number; beta2: number; epsilon: number };
  #power1 = 1;
  #power2 = 1;

  constructor(
    parameters: Parameters,
    rate: number | Schedule,
    options: { beta1: number; beta2: number; epsilon: number },
  ) {
    super(parameters, rate, ["mean", "square"]);
    this.#options = options;
  }

  /** beta^t by repeated products: the same bits everywhere, unlike beta ** t. */
  protected override advance(): void {
    this.#power1 *= this.#options.beta1;
    this.#power2 *= this.#options.beta2;
  }

  protected update({ core, at, gradient, size }: Parameter, slots: Slots, rate: number): void {
    const { beta1, beta2, epsilon } = this.#options;
    const [mean, square] = [slots.mean as number, slots.square as number];
    core.kernels.adamStep(
      at,
      gradient,
      mean,
      square,
      size,
      rate / (1 - this.#power1),
      1 / (1 - this.#power2),
      beta1,
      1 - beta1,
      beta2,
      1 - beta2,
      epsilon,
    );
  }

  override numbers(): Record<string, number> {
    return { ...super.numbers(), power1: this.#power1, power2: this.#power2 };
  }

  override restore(numbers: Record<string, number>): void {
    super.restore(numbers);
    this.#power1 = numbers.power1 as number;
    this.#power2 = numbers.power2 as number;
  }
}

class Sgd extends Optimizer {
  readonly kind = "sgd";
  readonly #momentum: number;

  constructor(parameters: Parameters, rate: number | Schedule, momentum: number) {
    super(parameters, rate, ["velocity"]);
    this.#momentum = momentum;
  }

  protected update({ core, at, gradient, size }: Parameter, slots: Slots, rate: number): void {
    core.kernels.sgdStep(at, gradient, slots.velocity as number, size, rate, this.#momentum);
  }
}

/** Of `adam`. */
export interface AdamOptions {
  /** Learning rate, or a schedule of it; 1e-3 by default. */
  readonly rate?: number | Schedule;
  /** Decay of the running mean of gradients, from 0 to below 1: 0.9 by default. */
  readonly beta1?: number;
  /** Decay of the running mean of their squares, from 0 to below 1: 0.999 by default. */
  readonly beta2?: number;
  /** Added to the root of the mean square, above 0: 1e-8 by default. */
  readonly epsilon?: number;
}

/** Adam: steps scaled by running means of the gradient and of its square. Kingma, Ba 2015, algorithm 1. */
export function adam(parameters: Parameters, options: AdamOptions = {}): Optimizer {
  const {
    rate = 1e-3,
    beta1 = 0.9,
    beta2 = 0.999,
    epsilon = 1e-8,
  } = checkOptions(options, ["rate", "beta1", "beta2", "epsilon"]);
  return new Adam(parameters, rate, {
    beta1: checkDecay("beta1", beta1),
    beta2: checkDecay("beta2", beta2),
    epsilon: checkPositive("epsilon", epsilon),
  });
}

/** Stochastic gradient descent, with momentum: v = momentum v + gradient, x -= rate v. */
export function sgd(
  parameters: Parameters,
  options: { readonly rate: number | Schedule; readonly momentum?: number },
): Optimizer {
  const { rate, momentum = 0 } = checkOptions(options, ["rate", "momentum"]);
  return new Sgd(parameters, rate, checkDecay("momentum", momentum));
}

function checkRate(rate: unknown): void {
  const isSchedule = typeof rate === "object" && rate !== null;
  if (!isSchedule && typeof rate !== "number")
    throw new ArgumentError("rate", "a number of 0 or more, or a schedule", describe(rate));
  checkFinite("rate", valueAt(rate as number | Schedule, 0), 0);
}

function checkDecay(name: string, value: number): number {
  checkFinite(name, value, 0);
  if (value < 1) return value;
  throw new ArgumentError(name, "a number from 0 up to, not including, 1", String(value));
}
