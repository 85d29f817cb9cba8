import { expect, test } from "vitest";
import {
  neuralSort,
  RelaxedPermutation,
  RelaxedSubset,
  relaxedTopK,
  sinkhorn,
  softSort,
  type Values,
} from "../../../bindings/distributions/index.ts";
import { step, tensor } from "../../../bindings/graph/index.ts";
import { ArgumentError, type Key, KeyError, key, ShapeError } from "../../../bindings/index.ts";

type ErrorClass = new (argument: string, expected: string, received: string) => Error;
type Row = readonly [call: () => unknown, error: ErrorClass, message: string];

const wrong = <T>(value: unknown): T => value as T;
const SCORES = [1, 2, 3];
const square = (values: readonly number[] = [1, 2, 3, 4]): Values => tensor(values, [2, 2]);
const subset = (options: object): unknown =>
  new RelaxedSubset({ temperature: 1, logits: SCORES, k: 2, ...options } as never);
const permutation = (options: object): unknown =>
  new RelaxedPermutation({ temperature: 1, logits: square(), ...options } as never);

const FINITE = "a finite number above 0";
const PRESENT = "finite numbers or -Infinity, at least 2 of them finite";

const ROWS: Record<string, Row> = {
  "k of 0": [() => relaxedTopK(SCORES, { k: 0 }), ArgumentError, "k: expected an integer from 1 to 3, got 0"],
  "k above n": [() => relaxedTopK(SCORES, { k: 4 }), ArgumentError, "k: expected an integer from 1 to 3, got 4"],
  "k missing": [() => relaxedTopK(SCORES, wrong({})), ArgumentError, "k: expected an integer from 1 to 3"],
  "options missing": [() => relaxedTopK(SCORES, wrong(undefined)), ArgumentError, "options: expected an object"],
  "a misspelt option": [
    () => relaxedTopK(SCORES, wrong({ k: 1, temperature: 2 })),
    ArgumentError,
    'options: expected no options but k, tau, hard, got one named "temperature"',
  ],
  "NaN among scores": [
    () => relaxedTopK([1, Number.NaN, 2], { k: 2 }),
    ArgumentError,
    `scores: expected ${PRESENT}, got [1, NaN, 2]`,
  ],
  "too few scores": [
    () => relaxedTopK(tensor([1, 2, 3, -Infinity, -Infinity, 0], [2, 3]), { k: 2 }),
    ArgumentError,
    `scores: expected ${PRESENT}, got [-Infinity, -Infinity, 0] at index 3 of [2, 3]`,
  ],
  "+Infinity among scores": [() => relaxedTopK([1, Infinity], { k: 2 }), ArgumentError, `scores: expected ${PRESENT}`],
  "a number for scores": [() => relaxedTopK(3, { k: 1 }), ShapeError, "scores: expected [..., n], got []"],
  "a string for scores": [
    () => softSort(wrong("abc")),
    ArgumentError,
    "scores: expected a number, an array of numbers or a tensor",
  ],
  "scores not finite": [
    () => softSort([1, -Infinity]),
    ArgumentError,
    "scores: expected a finite number, got -Infinity",
  ],
  "NaN to sort": [() => neuralSort([Number.NaN, 1]), ArgumentError, "scores: expected a finite number, got NaN"],
  "tau 0": [() => softSort(SCORES, { tau: 0 }), ArgumentError, `tau: expected ${FINITE}, got 0`],
  "tau below 0": [
    () => neuralSort(SCORES, { tau: [1, -1] }),
    ArgumentError,
    `tau: expected ${FINITE}, got -1 at index 1`,
  ],
  "tau Infinity": [() => sinkhorn(square(), { tau: Infinity }), ArgumentError, `tau: expected ${FINITE}, got Infinity`],
  "tau NaN": [() => relaxedTopK(SCORES, { k: 1, tau: Number.NaN }), ArgumentError, `tau: expected ${FINITE}, got NaN`],
  "tau of another batch": [
    () => softSort(tensor([1, 2, 3, 4], [2, 2]), { tau: [1, 2, 3] }),
    ShapeError,
    "tau: expected a shape that broadcasts with [2], got [3]",
  ],
  "hard of another type": [() => softSort(SCORES, { hard: wrong(1) }), ArgumentError, "hard: expected true or false"],
  "no square": [
    () => sinkhorn(tensor([1, 2, 3, 4, 5, 6], [2, 3])),
    ShapeError,
    "x: expected square matrices, [..., n, n], got [2, 3]",
  ],
  "a row for a matrix": [() => sinkhorn([1, 2, 3, 4]), ShapeError, "x: expected square matrices, [..., n, n], got [4]"],
  "a matrix not finite": [
    () => sinkhorn(square([1, -Infinity, 0, 0]), { hard: true }),
    ArgumentError,
    "x: expected a finite number, got -Infinity at index 1 of [2, 2]",
  ],
  "no iterations": [
    () => sinkhorn(square(), { iterations: 0 }),
    ArgumentError,
    "iterations: expected an integer from 1 to 1000000, got 0",
  ],
  "half an iteration": [
    () => sinkhorn(square(), { iterations: 1.5 }),
    ArgumentError,
    "iterations: expected an integer",
  ],
  "a subset without temperature": [() => subset({ temperature: undefined }), ArgumentError, "temperature: expected"],
  "a subset at temperature 0": [
    () => subset({ temperature: 0 }),
    ArgumentError,
    `temperature: expected ${FINITE}, got 0`,
  ],
  "a subset of more than all": [() => subset({ k: 4 }), ArgumentError, "k: expected an integer from 1 to 3, got 4"],
  "a subset of a number": [() => subset({ logits: 1 }), ShapeError, "logits: expected [..., n], got []"],
  "a subset of what is absent": [
    () => subset({ logits: [1, -Infinity, -Infinity] }),
    ArgumentError,
    `logits: expected ${PRESENT}, got [1, -Infinity, -Infinity]`,
  ],
  "a subset with probabilities": [() => subset({ probs: [1] }), ArgumentError, "options: expected no options but"],
  "a subset's value of another length": [
    () => (subset({}) as RelaxedSubset).logProb([1, 1]),
    ShapeError,
    "value: expected [..., 3], got [2]",
  ],
  "too many subsets": [
    () => (subset({ logits: new Float32Array(60), k: 30 }) as RelaxedSubset).enumerateSupport(),
    ArgumentError,
    "enumerateSupport: expected at most 1000000 subsets",
  ],
  "a sample without key": [() => (subset({}) as RelaxedSubset).rsample(wrong<Key>(1)), KeyError, "key"],
  "hard for a sample": [
    () => (subset({}) as RelaxedSubset).sample(key(1), wrong({ hard: true })),
    ArgumentError,
    "options: expected no options but shape, offset",
  ],
  "a permutation at temperature 0": [
    () => permutation({ temperature: 0 }),
    ArgumentError,
    `temperature: expected ${FINITE}`,
  ],
  "a permutation of a row": [() => permutation({ logits: [1, 2] }), ShapeError, "logits: expected square matrices"],
  "a permutation's logits": [
    () => permutation({ logits: square([0, 1, Number.NaN, 1]) }),
    ArgumentError,
    "logits: expected a finite number, got NaN at index 2 of [2, 2]",
  ],
  "a permutation without turns": [
    () => permutation({ iterations: -1 }),
    ArgumentError,
    "iterations: expected an integer",
  ],
};

test.each(Object.entries(ROWS))("%s", (_, [call, error, message]) => {
  step(() => {
    expect(call).toThrow(error);
    expect(call).toThrow(message);
  });
});

test("what was not checked ends all the same: numbers that are none, in every structure", () => {
  const logits = [Number.NaN, 1, Infinity, -Infinity];
  step(() => {
    const options = { temperature: 1, validateArgs: false };
    for (const k of [1, 4]) {
      const chosen = new RelaxedSubset({ ...options, logits, k }).sample(key(1));
      expect(chosen.toArray().reduce((a, b) => a + b, 0)).toBe(k);
    }
    for (let n = 1; n <= 4; n++)
      for (let shift = 0; shift < 16; shift++) {
        const values = Array.from({ length: n * n }, (_, i) =>
          (i * (shift + 3)) % 5 < 3 ? logits[(i + shift) % 4] : 0.5,
        );
        const matrix = tensor(values as number[], [n, n]);
        const d = new RelaxedPermutation({ ...options, logits: matrix });
        expect(d.support.firstOutside(d.sample(key(2)).toArray(), n)).toBe(-1);
        d.rsample(key(2));
      }
  });
});
