import {
  ArgumentError,
  checkBoolean,
  checkOptions,
  checkSynchronous,
  DisposedError,
  describe,
  type Floats,
  ShapeError,
} from "../core/index.ts";
import { type GraphCore, graphCore } from "./core.ts";
import { checkShape, type Shape, show, sizeOf } from "./shape.ts";
import { checkValues, Tensor } from "./tensor.ts";

/** A recorded operation: how the gradient of its output adds to those of its inputs. */
interface Node {
  readonly output: Tensor;
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly backward: (gradient: number) => void;
}

interface Step {
  open: boolean;
  readonly core: GraphCore;
  readonly gradients: boolean;
  readonly tape: Node[];
  /** Whether a gradient has been sent to the parameters. */
  passed: boolean;
  /** What is to be done when it has come to its end. */
  readonly after: (() => void)[];
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
  if (current) throw new ArgumentError("step", "to be called outside of any other step", "a call inside one");
  const scope: Step = { open: true, core: graphCore(), gradients, tape: [], passed: false, after: [] };
  current = scope;
  try {
    const result = checkSynchronous("body", scope.core.scoped(body));
    for (const change of scope.after) change();
    return result;
  } finally {
    scope.open = false;
    scope.tape.length = 0;
    current = undefined;
  }
}

function openStep(): Step {
  if (current) return current;
  throw new DisposedError("step", "operations to run inside step(() => ...)", "an operation outside of any step");
}

/** A constant: data without a gradient. One-dimensional unless a shape is given. */
export function tensor(values: Floats, shape?: Shape): Tensor {
  const scope = openStep();
  const dimensions = shape === undefined ? [(values as ArrayLike<number>)?.length ?? 0] : checkShape("shape", shape);
  const floats = checkValues(values, dimensions);
  return new Tensor(scope.core, dimensions, scope.core.place(floats), false, scope);
}

/** Data that `gradientsOf` can be asked about. */
export function variable(values: Float32Array, shape: Shape): Tensor {
  const scope = openStep();
  return new Tensor(scope.core, shape, scope.core.place(values), scope.gradients, scope);
}

/** A number as a tensor without dimensions. */
export function scalar(value: number): Tensor {
  const scope = openStep();
  return new Tensor(scope.core, [], scope.core.place([value]), false, scope);
}

interface Operation {
  /** Names and tensors the result depends on. */
  readonly inputs: Readonly<Record<string, Tensor>>;
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
export function apply({ inputs, shape, forward, backward, at, viewOf }: Operation): Tensor {
  const scope = openStep();
  const owner = scope.core;
  for (const name in inputs) checkTensor(name, inputs[name]);
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
  return result;
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

/**
 * Reverse mode: adds d loss / d parameter to the gradient of every parameter the loss depends on. Several passes, in one
 * step or in many, accumulate.
 *
 * @param loss a tensor of one element
 * @throws ShapeError (more elements), DisposedError (outside its step), ArgumentError (a step without gradients)
 */
export function backward(loss: Tensor): void {
  const scope = openStep();
  checkTensor("loss", loss);
  if (loss.size !== 1) throw new ShapeError("loss", "one element", `${loss.size} elements, ${show(loss.shape)}`);
  if (!scope.gradients)
    throw new ArgumentError("loss", "a step that records gradients", "step(..., { gradients: false })");
  if (!loss.differentiable) return;
  scope.passed = true;
  scope.core.scoped(() => pass(scope.core, loss, [1], reachedFrom(loss, scope.tape)));
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

/** Whether `backward` has run in the open step. */
export const hasPassed = (): boolean => openStep().passed;

/**
 * What d loss / d y = dy sends to some tensors that y depends on, as numbers: a pass in the middle of a step, by which nothing
 * else gets a gradient. 0 for a tensor that y does not depend on, and in a step without gradients.
 */
export function gradientsOf(y: Tensor, dy: ArrayLike<number>, inputs: readonly Tensor[]): Float32Array[] {
  const { core: owner, tape } = openStep();
  for (const x of [y, ...inputs]) checkTensor("x", x);
  const onTheWay = new Set(inputs);
  const nodes = new Set(
    tape.filter((node) => {
      if (!Object.values(node.inputs).some((input) => onTheWay.has(input))) return false;
      onTheWay.add(node.output);
      return true;
    }),
  );
  const before = inputs.map(({ gradient }) => gradient);
  return owner.scoped(() => {
    for (const x of inputs) x.gradient = zeros(owner, x.size);
    const reached = reachedFrom(y, tape).filter((node) => nodes.has(node));
    const beside = new Set(
      reached.flatMap((node) =>
        Object.values(node.inputs).filter((input) => input.differentiable && !onTheWay.has(input)),
      ),
    );
    for (const input of beside) input.differentiable = false;
    try {
      if (onTheWay.has(y)) pass(owner, y, dy, reached);
      return inputs.map((x) => owner.copy(x.gradient, x.size));
    } finally {
      for (const input of beside) input.differentiable = true;
      for (const node of nodes) node.output.gradient = 0;
      for (const [i, x] of inputs.entries()) x.gradient = before[i] as number;
    }
  });
}

/** Sends dy from y through nodes, the last first. */
function pass(owner: GraphCore, y: Tensor, dy: ArrayLike<number>, reached: readonly Node[]): void {
  try {
    if (y.gradient === 0) y.gradient = zeros(owner, y.size);
    const at = owner.view(y.gradient, y.size);
    for (let i = 0; i < at.length; i++) (at[i] as number) += dy[i] as number;
    for (const { inputs, output, backward: add } of reached) {
      for (const input of Object.values(inputs))
        if (input.differentiable && input.gradient === 0) input.gradient = zeros(owner, input.size);
      owner.scoped(() => add(output.gradient));
    }
  } finally {
    // Their memory goes with the scope of the pass, also when it ran out in the middle.
    for (const { output } of reached) output.gradient = 0;
  }
}

/**
 * The nodes the loss depends on, last first; the others send nothing, not even 0 times Infinity. All of their inputs are
 * checked before any gradient is written: a parameter may have been disposed since.
 */
function reachedFrom(loss: Tensor, tape: readonly Node[]): Node[] {
  const wanted = new Set([loss]);
  const reached: Node[] = [];
  for (let i = tape.length - 1; i >= 0; i--) {
    const node = tape[i] as Node;
    if (!wanted.has(node.output)) continue;
    reached.push(node);
    for (const [name, input] of Object.entries(node.inputs)) {
      input.check(name);
      wanted.add(input);
    }
  }
  return reached;
}

function zeros(owner: GraphCore, size: number): number {
  const at = owner.allocate(size);
  owner.kernels.fill(at, 0, size);
  return at;
}
