import { ArgumentError, ShapeError } from "../core/index.ts";
import type { GraphCore } from "./core.ts";
import { show } from "./shape.ts";
import { checkTensor, type Node, openStep, type Watcher } from "./tape.ts";
import type { Parameter, Tensor } from "./tensor.ts";

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
  scope.watcher?.passing(loss);
  scope.core.scoped(() => pass(scope.core, loss, [1], reachedFrom(loss, scope.tape), scope.watcher));
}

/** Whether `backward` has run in the open step. */
export const hasPassed = (): boolean => openStep().passed;

/**
 * What d loss / d y = dy sends to some tensors that y depends on, as numbers: a pass in the middle of a step, by which nothing
 * else gets a gradient. 0 for a tensor that y does not depend on, and in a step without gradients.
 */
export const gradientsOf = (y: Tensor, dy: ArrayLike<number>, inputs: readonly Tensor[]): Float32Array[] =>
  withGradientsOf(y, dy, inputs, ({ core, gradient, size }) => core.copy(gradient, size));

/** @param take what is wanted of the gradient that a tensor has */
function withGradientsOf<T extends Tensor>(
  y: Tensor,
  dy: ArrayLike<number>,
  inputs: readonly T[],
  take: (x: T) => Float32Array,
): Float32Array[] {
  const { core: owner, tape, watcher } = openStep();
  for (const x of [y, ...inputs]) checkTensor("x", x);
  const onTheWay = new Set<Tensor>(inputs);
  const nodes = new Set(
    tape.filter((node) => {
      if (!Object.values(node.inputs).some((input) => onTheWay.has(input))) return false;
      onTheWay.add(node.output);
      return true;
    }),
  );
  const before = inputs.map(({ gradient }) => gradient);
  const parameters = (inputs as readonly Tensor[]).filter(isParameter);
  const clear = parameters.filter(({ isClear }) => isClear);
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
      if (onTheWay.has(y)) pass(owner, y, dy, reached, watcher);
      return inputs.map(take);
    } finally {
      for (const input of beside) input.differentiable = true;
      for (const node of nodes) node.output.gradient = 0;
      for (const [i, x] of inputs.entries()) x.gradient = before[i] as number;
      for (const parameter of clear) parameter.isClear = true;
    }
  });
}

/**
 * What `backward` would add to the gradients of parameters, as numbers: sums of them can so be made in an order of one's own. To be given
 * back to the parameters.
 */
export function gradientsApart(loss: Tensor): Map<Parameter, Float32Array> {
  const inputs = parametersOnTape();
  const gradients = withGradientsOf(loss, [1], inputs, (x) => x.copyOf(x.core.view(x.gradient, x.size)));
  return new Map(inputs.map((parameter, i) => [parameter, gradients[i] as Float32Array]));
}

/**
 * `backward`, if all of the gradients that it adds to are 0: what they become has then the bits of `gradientsApart`, without copies.
 * Returns whether it was so. They are 0 again when it throws.
 */
export function backwardIfClear(loss: Tensor): boolean {
  const parameters = parametersOnTape();
  if (!parameters.every(({ isClear }) => isClear)) return false;
  try {
    backward(loss);
  } catch (error) {
    for (const each of parameters) if (each.open) each.clear();
    throw error;
  }
  return true;
}

/** Of the step, each once. */
const parametersOnTape = (): Parameter[] => [
  ...new Set(openStep().tape.flatMap(({ inputs }) => Object.values(inputs).filter(isParameter))),
];

const isParameter = (tensor: Tensor): tensor is Parameter => tensor.kind === "parameter";

/** Sends dy from y through nodes, the last first. */
function pass(
  owner: GraphCore,
  y: Tensor,
  dy: ArrayLike<number>,
  reached: readonly Node[],
  watcher: Watcher | undefined,
): void {
  try {
    if (y.gradient === 0) y.gradient = zeros(owner, y.size);
    const at = owner.view(y.gradient, y.size);
    for (let i = 0; i < at.length; i++) (at[i] as number) += dy[i] as number;
    for (const { inputs, output, backward: add } of reached) {
      for (const input of Object.values(inputs)) {
        if (input.differentiable && input.gradient === 0) input.gradient = zeros(owner, input.size);
        if (input.differentiable && isParameter(input)) input.isClear = false;
      }
      owner.scoped(() => add(output.gradient));
      watcher?.sent(output, inputs);
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
