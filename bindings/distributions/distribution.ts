import { checkBoolean, checkInteger, checkOptions, ShapeError } from "../core/index.ts";
import { broadcast, broadcastsTo, checkShape, show, sizeOf, within } from "../graph/extend.ts";
import { type Shape, stopGradient, type Tensor } from "../graph/index.ts";
import { checkKey, type Key } from "../random/index.ts";
import { asTensor, checkSupport, Given, type Values, withConstantParameters } from "./parameters.ts";
import { type Support, unitInterval } from "./support.ts";

/** How many samples, and from which part of a key's noise. */
export interface SampleOptions {
  /** Dimensions in front of the batch: how many samples. None by default, which is one. */
  readonly shape?: Shape;
  /** Number of the first sample's first element, as in `gumbel(key, n, { offset })`. */
  readonly offset?: number;
}

/** What every distribution takes beside its parameters. */
export interface ValidateOptions {
  /** Whether the elements of parameters and values are checked: true by default. Types and shapes always are. */
  readonly validateArgs?: boolean;
}

/** A sample with the logarithm of its density or probability. */
export interface SampleAndLogProb {
  /** [...shape, ...batch, ...event] */
  readonly sample: Tensor;
  /** [...shape, ...batch] */
  readonly logProb: Tensor;
}

/** A parameter: its values, and what they may be. Of `eventDims` dimensions per member of the batch, 0 by default. */
export interface Described {
  /** As the constructor got them. */
  readonly values: Values;
  /** The set they have to lie in; looked at unless `validateArgs: false`. */
  readonly allowed: Support;
  /** Last dimensions that one law takes as a whole, and that do not broadcast with the batch. */
  readonly eventDims?: 0 | 1 | 2 | 3;
}

/**
 * What can be drawn from: a batch of laws of one family. A sample has the shape [...sample, ...batch, ...event]. Parameters
 * broadcast against each other to the batch shape.
 *
 * Objects may be made outside of a step from numbers, arrays and parameters of the graph; their methods make tensors, and
 * so are called inside one.
 */
export abstract class Sampleable {
  /** The shape that the parameters broadcast to: a law for each element. */
  readonly batchShape: Shape;
  /** The shape of a draw from one law: [] of a number, [K] of a row. */
  readonly eventShape: Shape;
  /** Whether elements of parameters and values are checked. */
  readonly validateArgs: boolean;
  readonly #given: Readonly<Record<string, Given>>;

  /** @param batch what the parameters broadcast with: the batch of a distribution that this one is made of */
  protected constructor(
    parameters: Readonly<Record<string, Described>>,
    { validateArgs = true }: ValidateOptions,
    eventShape: Shape = [],
    batch: Shape = [],
  ) {
    this.validateArgs = checkBoolean("validateArgs", validateArgs);
    this.eventShape = eventShape;
    let batchShape = batch;
    const given: Record<string, Given> = {};
    for (const [name, { values, allowed, eventDims = 0 }] of Object.entries(parameters)) {
      const parameter = new Given(name, values, validateArgs ? allowed : undefined);
      if (parameter.shape.length < eventDims)
        throw new ShapeError(name, `at least ${eventDims} dimension${eventDims > 1 ? "s" : ""}`, show(parameter.shape));
      batchShape = broadcast(batchShape, parameter.shape.slice(0, parameter.shape.length - eventDims), name);
      given[name] = parameter;
    }
    this.batchShape = batchShape;
    this.#given = given;
  }

  /** Where samples, and a density, live. */
  abstract readonly support: Support;

  /** Draws whose gradient, if any, reaches the parameters. */
  protected abstract draw(key: Key, shape: Shape, offset: number): Tensor;

  /** A sample as a constant. */
  protected stopped(drawn: Tensor): Tensor {
    return stopGradient(drawn);
  }

  /** @internal Samples under another shape, or in one tensor, of which a density is still taken where they were made from. */
  rearranged(samples: readonly Tensor[], how: (samples: readonly Tensor[]) => Tensor): Tensor {
    return how(samples);
  }

  /** Whether samples can carry gradients to the parameters: there is `rsample`. */
  get hasRsample(): boolean {
    return "rsample" in this;
  }

  /** Whether the support is finite and can be listed: there is `enumerateSupport`. */
  get hasEnumerateSupport(): boolean {
    return "enumerateSupport" in this;
  }

  /**
   * Samples without a gradient: [...shape, ...batch, ...event].
   * @throws KeyError, ArgumentError, DisposedError (outside of a step)
   */
  sample(key: Key, options: SampleOptions = {}): Tensor {
    return this.stopped(this.drawChecked(key, options));
  }

  /** Draws after a check of what came; by `draw`, unless another way is given. */
  protected drawChecked(
    key: Key,
    options: SampleOptions,
    draw = (key: Key, shape: Shape, offset: number): Tensor => this.draw(key, shape, offset),
  ): Tensor {
    const { shape = [], offset = 0 } = checkOptions(options, ["shape", "offset"]);
    checkKey(key);
    checkInteger("offset", offset, 0);
    const sampled = [...checkShape("shape", shape), ...this.batchShape, ...this.eventShape];
    return within(this, "sample", () => draw(key, sampled, offset));
  }

  /** A parameter as a tensor of the open step. */
  protected parameter(name: string): Tensor {
    return (this.#given[name] as Given).tensor;
  }
}

/** A batch of distributions of one family; a log-probability has the shape [...sample, ...batch]. */
export abstract class Distribution extends Sampleable {
  /** The log-probability of values that were checked. */
  protected abstract density(value: Tensor): Tensor;

  /**
   * log p(value), of a density or of a probability: [...] of the shape that the value's batch and `batchShape` meet in.
   * @throws ArgumentError for values outside of the support (unless `validateArgs: false`, which gives -Infinity for them)
   */
  logProb(value: Values): Tensor {
    return this.uncheckedLogProb(this.checked(value));
  }

  /** @internal The same of values that are not looked at: -Infinity outside of the support. */
  uncheckedLogProb(value: Tensor): Tensor {
    return within(this, "logProb", () => this.density(value));
  }

  /** @internal The same with parameters that are constants: its gradient reaches the value alone. */
  logProbOfConstants(value: Tensor): Tensor {
    return withConstantParameters(() => this.uncheckedLogProb(value));
  }

  /** A sample, through which gradients flow if the distribution has `rsample`, and its log-probability. */
  sampleAndLogProb(
    key: Key,
    options: SampleOptions & {
      /** Whether the sample is a constant of the log-probability and of what follows. */
      readonly stopGradient?: boolean;
    } = {},
  ): SampleAndLogProb {
    const { stopGradient: stop = false, ...rest } = checkOptions(options, ["shape", "offset", "stopGradient"]);
    checkBoolean("stopGradient", stop);
    const drawn = this.drawChecked(key, rest);
    const sample = stop || !this.hasRsample ? this.stopped(drawn) : drawn;
    return { sample, logProb: this.uncheckedLogProb(sample) };
  }

  /** Refuses values of the wrong shape and, unless `validateArgs: false`, outside of the support. */
  protected checkValue(value: Tensor): void {
    const { batchShape, eventShape } = this;
    const event = value.shape.slice(value.shape.length - eventShape.length);
    if (
      value.shape.length < eventShape.length ||
      !broadcastsTo(event, eventShape) ||
      sizeOf(event) !== sizeOf(eventShape)
    )
      throw new ShapeError("value", `[..., ${eventShape.join(", ")}]`, show(value.shape));
    broadcast([...batchShape, ...eventShape], value.shape, "value");
    if (this.validateArgs) checkSupport("value", value, this.support);
  }

  /** A value as a tensor, checked as `logProb` checks it. */
  protected checked(value: Values): Tensor {
    const x = asTensor("value", value);
    this.checkValue(x);
    return x;
  }

  /** A probability as a tensor that broadcasts with the batch, within [0, 1] unless `validateArgs: false`. */
  protected checkedProbability(p: Values): Tensor {
    const tensor = asTensor("p", p);
    broadcast(this.batchShape, tensor.shape, "p");
    if (this.validateArgs) checkSupport("p", tensor, unitInterval);
    return tensor;
  }
}

/** A distribution with z = g(e, parameters): samples through which gradients flow. */
export abstract class Reparameterized extends Distribution {
  /** Samples with gradients to the parameters: [...shape, ...batch, ...event]. Errors as `sample`. */
  rsample(key: Key, options: SampleOptions = {}): Tensor {
    return this.drawChecked(key, options);
  }
}
