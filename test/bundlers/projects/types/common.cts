/** CommonJS, as a compiler for Node of today lets it in. */
import reparam = require("reparam");

import { type Key, key } from "reparam";

import graph = require("reparam/graph");

const seed: Key = key(42);
export const sample: Float32Array = reparam.gumbelSoftmax(seed, [0, 1]);
export const x: graph.Parameter = graph.parameter([1, 2]);

// @ts-expect-error: a key is not its seed
reparam.gumbelSoftmax(1, [0, 1]);
