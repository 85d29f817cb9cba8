import { Parameter, Tensor, type Watcher, watchedStep } from "../../graph/extend.ts";

/** Where something was made: within `what` of something, as `logProb` of a law, which may be within more. */
export interface Scope {
  readonly of: unknown;
  readonly what: string;
  readonly parent: Scope | undefined;
}

/** What came of a tensor: it was made, or is a parameter that something was made of. */
export interface Made {
  readonly tensor: Tensor;
  readonly name: string;
  readonly inputs: readonly Input[];
  readonly scope: Scope | undefined;
}

export interface Input {
  readonly name: string;
  readonly made: Made;
  /** Whether a gradient comes back by it, if it is differentiable. */
  readonly passes: boolean;
}

type Tensors = Readonly<Record<string, Tensor>>;

/** Keeps what is made in a step. What a backward pass within adds to the gradients of parameters is taken back at the end. */
export class Recorder implements Watcher {
  readonly all = new Map<Tensor, Made>();
  /** Whether a backward pass began. */
  hasPassed = false;
  #scope: Scope | undefined;
  readonly #gradients = new Map<Parameter, Float32Array>();

  /** Runs a body in a step of its own. */
  run<T>(body: () => T): T {
    try {
      return watchedStep(body, this);
    } finally {
      for (const [parameter, values] of this.#gradients)
        if (parameter.open) {
          parameter.clear();
          parameter.accumulate(values);
        }
    }
  }

  made(tensor: Tensor, name: string, inputs: Tensors, reads: Tensors = {}): void {
    const of = (given: Tensors, passes: boolean): Input[] =>
      Object.entries(given).map(([name, input]) => ({ name, made: this.#of(input), passes }));
    const all = [...of(inputs, tensor.differentiable), ...of(reads, false)];
    this.add({ tensor, name, inputs: all, scope: this.#scope });
  }

  /** Of anything that was made, in order; parameters come when they are first used. */
  protected add(made: Made): void {
    this.all.set(made.tensor, made);
  }

  enter(of: unknown, what: string): void {
    this.#scope = { of, what, parent: this.#scope };
  }

  leave(_result?: unknown): void {
    this.#scope = this.scope?.parent;
  }

  protected get scope(): Scope | undefined {
    return this.#scope;
  }

  passing(_loss: Tensor): void {
    this.hasPassed = true;
  }

  sent(_output: Tensor, _inputs: Tensors): void {}

  #of(tensor: Tensor): Made {
    const known = this.all.get(tensor);
    if (known) return known;
    if (tensor instanceof Parameter) {
      this.#gradients.set(tensor, tensor.grad());
      tensor.clear();
    }
    this.add({ tensor, name: tensor.kind, inputs: [], scope: undefined });
    return this.all.get(tensor) as Made;
  }
}

/** Tensors in whatever a body gave, with where they stand in it: "" of one alone. */
export function* tensorsIn(value: unknown, path = "", depth = 0): Generator<readonly [path: string, tensor: Tensor]> {
  if (value instanceof Tensor) yield [path, value];
  else if (typeof value === "object" && value !== null && !ArrayBuffer.isView(value) && depth < 4)
    for (const [name, each] of Object.entries(value))
      yield* tensorsIn(each, Array.isArray(value) ? `${path}[${name}]` : path ? `${path}.${name}` : name, depth + 1);
}
