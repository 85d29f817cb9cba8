import {
  ArgumentError,
  checkBoolean,
  checkOptions,
  checkSynchronous,
  DisposedError,
  describe,
  type Floats,
} from "../core/index.ts";
import { type GraphCore, graphCore } from "./core.ts";
import { checkShape, type Shape, sizeOf } from "./shape.ts";
import { checkValues, Tensor } from "./tensor.ts";

/** A recorded operation: how the gradient of its output adds to those of its inputs. */
export interface Node {
  readonly output: Tensor;
  readonly inputs: Tensors;
  readonly backward: (gradient: number) => void;
}

/** Learns of all that is made in a step: for explanations. A step that is watched changes nothing that is remembered. */
export interface Watcher {
  /** An operation, or a leaf: constants have no inputs, parameters are only ever inputs. `reads` are inputs without a gradient. */
  made(output: Tensor, name: string, inputs: Tensors, reads?: Tensors): void;
  /** What is made from here on belongs to `what` of something, until `leave`, which has the result. */
  enter(of: unknown, what: string): void;
  leave(result?: unknown): void;
  /** A backward pass begins. */
  passing(loss: Tensor): void;
  /** An operation has added to the gradients of its inputs. */
  sent(output: Tensor, inputs: Tensors): void;
}

type Tensors = Readonly<Record<string, Tensor>>;

interface Step {
  open: boolean;
  readonly core: GraphCore;
  readonly gradients: boolean;
  readonly tape: Node[];
  /** Whether a gradient has been sent to the parameters. */
  passed: boolean;
  readonly watcher: Watcher | undefined;
  /** What is to be done when it has come to its end. */
  readonly after: (() => void)[];
  /** All parameters that it may use; undefined for any. */
  known?: ReadonlySet<Tensor>;
}

let current: Step | undefined;

/**
 * Runs `body`, in which operations make tensors, and gives their memory back when it ends: a step allocates nothing that
 * outlives it. Synchronous; steps do not nest.
 *
 * @param body what to compute; its result is returned (numbers and copies: a tensor does not survive its step)
 * @param options `gradients: false` records no tape, for evaluation
 */
export function step<T>(body: () => T, options: { readonly gradients?: boolean } = {}): T {
  const { gradients = true } = checkOptions(options, ["gradients"]);
  if (typeof body !== "function") throw new ArgumentError("body", "a function", describe(body));
  checkBoolean("gradients", gradients);
  return run(body, gradients);
}

/** The same with a watcher. */
export const watchedStep = <T>(body: () => T, watcher: Watcher): T => run(body, true, watcher);

function run<T>(body: () => T, gradients: boolean, watcher?: Watcher): T {
  if (current) throw new ArgumentError("step", "to be called outside of any other step", "a call inside one");
  const scope: Step = { open: true, core: graphCore(), gradients, tape: [], passed: false, watcher, after: [] };
  current = scope;
  try {
    const result = checkSynchronous("body", scope.core.scoped(body));
    if (!watcher) for (const change of scope.after) change();
    return result;
  } finally {
    scope.open = false;
    scope.tape.length = 0;
    current = undefined;
  }
}

export function openStep(): Step {
  if (current) return current;
  throw new DisposedError("step", "operations to run inside step(() => ...)", "an operation outside of any step");
}

/** A constant: data without a gradient. One-dimensional unless a shape is given. */
export function tensor(values: Floats, shape?: Shape): Tensor {
  const scope = openStep();
  const dimensions = shape === undefined ? [(values as ArrayLike<number>)?.length ?? 0] : checkShape("shape", shape);
  const floats = checkValues(values, dimensions);
  return leaf(new Tensor(scope.core, dimensions, scope.core.place(floats), false, scope), "tensor");
}

/** Data that `gradientsOf` can be asked about. */
export function variable(values: Float32Array, shape: Shape): Tensor {
  const scope = openStep();
  return leaf(new Tensor(scope.core, shape, scope.core.place(values), scope.gradients, scope), "variable");
}

/** A number as a tensor without dimensions. */
export function scalar(value: number): Tensor {
  const scope = openStep();
  return leaf(new Tensor(scope.core, [], scope.core.place([value]), false, scope), "number");
}

function leaf(made: Tensor, name: string): Tensor {
  current?.watcher?.made(made, name, {});
  return made;
}

/** What `body` gives. A watcher learns that what is made in it belongs to `what` of something, as `logProb` of a law. */
export function within<T>(of: unknown, what: string, body: () => T): T {
  const watcher = current?.watcher;
  if (!watcher) return body();
  watcher.enter(of, what);
  let result: T | undefined;
  try {
    result = body();
    return result;
  } finally {
    watcher.leave(result);
  }
}

interface Operation {
  /** The public function it belongs to, or the kernel. */
  readonly name: string;
  /** Names and tensors the result depends on. */
  readonly inputs: Tensors;
  /** Tensors whose values it takes, and to which it never sends a gradient: for a watcher. */
  readonly reads?: Tensors;
  readonly shape: Shape;
  /** Computes the values at address `out`; scratch memory taken here stays until the step ends. */
  readonly forward: (core: GraphCore, out: number) => void;
  /** Adds to the gradients of the inputs, given the address of the output's; scratch memory is given back. */
  readonly backward?: (core: GraphCore, gradient: number, out: number) => void;
  /** Address of the values when room for them is taken elsewhere (samples, which start with their noise). */
  readonly at?: number;
  /** The tensor whose values these are, under another shape: gone when it is. */
  readonly viewOf?: Tensor;
}

/** Computes an operation and, where a gradient is wanted, writes it on the tape. */
export function apply({ name, inputs, reads, shape, forward, backward, at, viewOf }: Operation): Tensor {
  const scope = openStep();
  const owner = scope.core;
  for (const input in inputs) checkTensor(input, inputs[input]);
  if (scope.known) checkKnown(scope.known, inputs);
  const output = viewOf?.at ?? at ?? owner.allocate(sizeOf(shape));
  forward(owner, output);
  const differentiable =
    scope.gradients && backward !== undefined && Object.values(inputs).some((input) => input.differentiable);
  const lifetime = viewOf
    ? {
        get open() {
          return scope.open && viewOf.open;
        },
      }
    : scope;
  const result = new Tensor(owner, shape, output, differentiable, lifetime);
  if (differentiable && backward)
    scope.tape.push({ output: result, inputs, backward: (gradient) => backward(owner, gradient, output) });
  scope.watcher?.made(result, name, inputs, reads);
  return result;
}

/** Lets the open step use no other parameters than these: others have values of their own in each worker. */
export function useOnly(parameters: ReadonlySet<Tensor> | undefined): void {
  if (parameters) openStep().known = parameters;
}

function checkKnown(known: ReadonlySet<Tensor>, inputs: Tensors): void {
  for (const input of Object.values(inputs))
    if (input.kind === "parameter" && !known.has(input))
      throw new ArgumentError(
        "shared",
        "a work with all of its parameters among the parts it returns, or workers have values of their own",
        `another parameter, [${input.shape.join(", ")}]`,
      );
}

/** Refuses anything but a tensor that can be used in the open step. Every operation begins with it. */
export function checkTensor(name: string, value: unknown): asserts value is Tensor {
  const scope = openStep();
  if (!(value instanceof Tensor)) throw new ArgumentError(name, "a tensor", describe(value));
  value.check(name);
  if (value.core !== scope.core) throw new ArgumentError(name, "a tensor of the core in use", "one of another core");
}

/** Runs `add` with the address of the input's gradient, if it wants one. */
export function into(input: Tensor, add: (gradient: number) => void): void {
  if (input.differentiable) add(input.gradient);
}

/** Whether the open step records gradients. */
export const hasGradients = (): boolean => openStep().gradients;

/**
 * Runs `change` when the open step has come to its end: what is remembered from step to step is the same for all of a step. Not if the
 * body throws, nor in a step without gradients, which may be about other data.
 */
export function afterStep(change: () => void): void {
  const { gradients, after } = openStep();
  if (gradients) after.push(change);
}

/** Takes the changes of the open step so far from it: for the caller to make, when all steps that are one together are done. */
export const changesHeld = (): (() => void)[] => openStep().after.splice(0);
