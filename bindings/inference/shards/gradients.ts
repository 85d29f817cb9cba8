import { ArgumentError, describe, MessageError } from "../../core/index.ts";
import { addTo, type Parameter } from "../../graph/extend.ts";
import type { Parameters } from "../../graph/index.ts";
import { type Node, type Range, Tree } from "./tree.ts";
import type { Data } from "./wire.ts";

/** Gradients of the parameters that a loss depends on, in arrays of theirs: whoever has them last gives them back. */
export type Gradients = Map<Parameter, Float32Array>;

/** Those that are in a message, or added to others. */
export function giveBack(all: readonly Gradients[]): void {
  for (const gradients of all) for (const [parameter, values] of gradients) parameter.giveBack(values);
}

/** A sum of gradients over units: of pieces of a batch, of chunks of samples. */
export const gradientTree = (units: number): Tree<Gradients> => new Tree(units, merge);

/** Into the left ones. */
function merge(left: Gradients, right: Gradients): Gradients {
  for (const [parameter, values] of right) {
    const sum = left.get(parameter);
    if (sum) {
      addTo(sum, values);
      parameter.giveBack(values);
    } else left.set(parameter, values);
  }
  return left;
}

/** To those that the parameters have; they are given back. */
export function addGradients(gradients: Gradients | undefined): void {
  if (!gradients) return;
  for (const [parameter, values] of gradients) parameter.accumulate(values);
  giveBack([gradients]);
}

/** Values of all parameters of a work, as they lie in memory: to be put into a message before anything else is computed. */
export const valuesOf = (parameters: Parameters): Float32Array[] =>
  Object.values(parameters).map((parameter) => parameter.core.view(parameter.at, parameter.size));

/** Sets parameters to what a message has for all of them. @throws ArgumentError for other parameters */
export function setValues(parameters: Parameters, values: Data | undefined): void {
  const all = Object.values(parameters);
  const sizes = all.map(({ size }) => size).join(", ");
  const given = Array.isArray(values) ? values : [];
  if (given.map((each) => (each instanceof Float32Array ? each.length : "none")).join(", ") !== sizes)
    throw new ArgumentError("parameters", `those of this worker's work, of ${sizes} numbers`, describe(values));
  for (const [i, parameter] of all.entries()) parameter.set(given[i] as Float32Array);
}

/** Nodes as a message has them: the places, and the gradients of the parameters of the work, by their numbers in it. */
export function nodesToData(nodes: readonly Node<Gradients>[], parameters: Parameters): Data {
  const all = Object.values(parameters);
  return nodes.map(({ level, index, value }) => ({
    level,
    index,
    // There are no others: `useOnly` refuses them.
    parameters: [...value.keys()].map((parameter) => all.indexOf(parameter)),
    gradients: [...value.values()],
  }));
}

/** Copies. @throws MessageError for what no worker of ours sends of these units */
export function nodesFromData(
  data: Data | undefined,
  parameters: Parameters,
  tree: Tree<Gradients>,
  units: Range,
): Node<Gradients>[] {
  const all = Object.values(parameters);
  const refuse = (received: unknown): never => {
    throw new MessageError(
      "partial",
      "gradients of the work's parameters, by their places in the sum",
      describe(received),
    );
  };
  if (!Array.isArray(data)) return refuse(data);
  const places = data.map((node) => (node ?? {}) as { readonly level: number; readonly index: number });
  if (!tree.covers(places, units)) return refuse(places.map(({ level, index }) => `${level} ${index}`).join());
  return data.map((node) => {
    const { level, index, parameters: numbers, gradients } = (node ?? {}) as Record<string, Data>;
    if (!Array.isArray(numbers) || !Array.isArray(gradients) || numbers.length !== gradients.length)
      return refuse(numbers);
    const value: Gradients = new Map();
    for (const [i, number] of numbers.entries()) {
      const parameter = all[number as number];
      const values = gradients[i];
      if (!parameter || !(values instanceof Float32Array) || values.length !== parameter.size || value.has(parameter))
        return refuse(values);
      value.set(parameter, parameter.copyOf(values));
    }
    return { level: level as number, index: index as number, value };
  });
}

/** Bytes of nodes of so many units in a row, at most: those of a path to the left and one to the right, and their names. */
export function bytesOfNodes(units: number, parameters: Parameters): number {
  const all = Object.values(parameters);
  const each = all.reduce((sum, { size }) => sum + 4 * size + 64, 256);
  return 2 * Math.max(1, units.toString(2).length) * each;
}
