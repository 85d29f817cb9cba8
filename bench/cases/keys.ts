import { foldIn, split } from "reparam";
import * as js from "../baseline/index.ts";
import { noise } from "../data.ts";
import type { Case } from "./case.ts";

/** Calls in a run: one is below what a clock can tell. */
const REPEATS = 2000;
const CHILDREN = 8;

const shape = { group: "Keys", via: "reparam", baseline: "Philox4x32-10 with Math.imul", repeats: REPEATS } as const;

/** The same keys, derived in plain JavaScript: next to nothing to do, so this is what a call into wasm costs. */
export const keyCases: readonly Case[] = [
  {
    ...shape,
    name: "foldIn",
    size: "1 key",
    elements: 1,
    prepare: () => ({ ours: chain(foldIn), baseline: chain(js.foldIn) }),
  },
  {
    ...shape,
    name: "split",
    size: `${CHILDREN} keys`,
    elements: CHILDREN,
    prepare: () => ({
      ours: chain((parent) => split(parent, CHILDREN)[0]),
      baseline: chain((parent) => js.split(parent, CHILDREN)[0]),
    }),
  },
];

/** Each key from the one before, so that no call can be left out. */
const chain = (next: (parent: typeof noise, i: number) => typeof noise) => () => {
  let current = noise;
  for (let i = 0; i < REPEATS; i++) current = next(current, i);
  return current;
};
