import { hasGradients, show, type Tensor } from "../../graph/extend.ts";
import { backward, type Parameters, sum } from "../../graph/index.ts";
import { describeMade } from "./describe.ts";
import { type Input, type Made, Recorder, tensorsIn } from "./record.ts";

/** Where numbers stop being numbers, each as one line; absent where all is finite. */
export interface NonFinite {
  /** The first node that is NaN, and where an infinity in it came from; without one the first that is infinite of finite inputs. Infinite constants are none. */
  readonly forward?: string;
  /** The first node to which a finite gradient comes, and that sends on one that is not. */
  readonly backward?: string;
}

/**
 * Runs a body once more, in a step of its own, and tells by name where NaN or an infinity comes from. Where the body runs no backward
 * pass, what the tensors send back that it gives is looked at. Gradients, and what estimators remember, stay as they were; an error that
 * the body throws ends it, and is not thrown on: what was made before is what it is about.
 *
 * @param parameters names for messages
 */
export function locateNonFinite(body: () => unknown, parameters: Parameters = {}): NonFinite {
  const search = new Search(parameters);
  search.run(() => {
    try {
      const result = body();
      if (search.hasPassed || !hasGradients()) return;
      for (const [, tensor] of tensorsIn(result)) backward(sum(tensor));
    } catch {
      // Whoever looks for a cause has seen it.
    }
  });
  const { forward, backward: back } = search;
  return { ...(forward !== undefined && { forward }), ...(back !== undefined && { backward: back }) };
}

/** The first elements of a tensor that are no numbers. */
interface Bad {
  readonly nan: number;
  readonly infinite: number;
}

class Search extends Recorder {
  backward: string | undefined;
  #nan: string | undefined;
  #infinite: string | undefined;
  readonly #bad = new Map<Made, Bad>();
  readonly #parameters: Parameters;

  constructor(parameters: Parameters) {
    super();
    this.#parameters = parameters;
  }

  get forward(): string | undefined {
    return this.#nan ?? this.#infinite;
  }

  protected override add(made: Made): void {
    super.add(made);
    if (this.#nan !== undefined) return;
    const bad = badOf(made.tensor, made.tensor.at);
    if (!bad) return;
    this.#bad.set(made, bad);
    if (bad.nan >= 0) {
      const cause = this.#causeOf(made);
      this.#nan =
        this.#text(made, bad.nan) +
        (cause ? `; the infinity is from ${this.#text(cause, this.#bad.get(cause)?.infinite ?? 0)}` : "");
    } else if (made.inputs.length > 0 && this.#isFirst(made)) this.#infinite ??= this.#text(made, bad.infinite);
  }

  override sent(output: Tensor, inputs: Readonly<Record<string, Tensor>>): void {
    if (this.backward !== undefined || badOf(output, output.gradient)) return;
    const made = this.all.get(output);
    for (const [name, input] of Object.entries(inputs)) {
      const bad = input.differentiable ? badOf(input, input.gradient) : undefined;
      if (!bad || !made) continue;
      const at = bad.nan >= 0 ? bad.nan : bad.infinite;
      const value = input.core.view(input.gradient, input.size)[at];
      const which = made.inputs.find((each) => each.name === name);
      const from = which && describeMade(which.made, this.#parameters);
      this.backward =
        `backward of ${describeMade(made, this.#parameters)}: the gradient to ${name} (${from}), of shape ${show(input.shape)}, ` +
        `is ${value} at element ${at} (that which comes is finite${whereOf(made.inputs, input.size, at)})`;
      return;
    }
  }

  #isFirst = ({ inputs }: Made): boolean => inputs.every(({ made }) => !this.#bad.has(made));

  /** The first infinity that this one depends on. */
  #causeOf(made: Made): Made | undefined {
    for (const { made: input } of made.inputs)
      if (this.#bad.has(input)) return this.#isFirst(input) ? input : this.#causeOf(input);
    return undefined;
  }

  #text(made: Made, at: number): string {
    const { tensor, inputs } = made;
    const value = tensor.core.view(tensor.at, tensor.size)[at];
    const finite = inputs.length === 0 ? "" : this.#isFirst(made) ? "inputs finite" : "inputs infinite";
    const where = inputs.length === 0 ? "" : ` (${finite}${whereOf(inputs, tensor.size, at)})`;
    return `${describeMade(made, this.#parameters)}, of shape ${show(tensor.shape)}, ${value} at element ${at}${where}`;
  }
}

/** What the inputs are at an element, of those that have as many, or one. */
function whereOf(inputs: readonly Input[], size: number, at: number): string {
  const there = inputs
    .filter(({ made: { tensor } }) => tensor.size === size || tensor.size === 1)
    .map(
      ({ name, made: { tensor } }) =>
        `${name} is ${tensor.core.view(tensor.at, tensor.size)[tensor.size === 1 ? 0 : at]}`,
    );
  return there.length === 0 ? "" : `: ${there.join(", ")} there`;
}

function badOf(tensor: Tensor, address: number): Bad | undefined {
  const values = tensor.core.view(address, tensor.size);
  const nan = values.findIndex(Number.isNaN);
  const infinite = values.findIndex((each) => each === Infinity || each === -Infinity);
  return nan < 0 && infinite < 0 ? undefined : { nan, infinite };
}
