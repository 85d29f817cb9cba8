/** jax-js on its WebAssembly backend. Its functions take over their arguments; `ref` keeps one for another use. */
import { createRequire } from "node:module";
import type { Array as JaxArray, Jit } from "@jax-js/jax";
import type { Work } from "../work.ts";
import { type Data, type Method, type Prepared, serve } from "./serve.ts";

// Where there are Web Workers outside browsers (Bun, Deno) it would use more than one thread.
Reflect.deleteProperty(globalThis, "Worker");
const { blockUntilReady, grad, jit, nn, numpy: np, random } = await import("@jax-js/jax");

/** A key for all draws: making a new one is a draw too, and would be counted. */
const key = random.key(1);

const array = (values: Float32Array, shape: readonly number[]): JaxArray => np.array(values).reshape([...shape]);

async function finish(y: JaxArray): Promise<void> {
  await blockUntilReady(y);
  y.dispose();
}

const method = (label: string, compute: () => JaxArray): Method => ({
  label,
  run: () => finish(compute()),
  result: () => Float32Array.from(compute().dataSync()),
});

/** A function of arrays as it is, and compiled. */
function bothWays<const A extends readonly JaxArray[]>(
  label: string,
  f: (...args: A) => JaxArray,
  args: () => A,
): Method[] {
  const compiled: Jit<A> = jit(f);
  return [method(label, () => f(...args())), method(`jit of ${label}`, () => compiled(...args()))];
}

const gumbelSoftmax =
  (shape: number[], tau: number) =>
  (k: JaxArray, logits: JaxArray): JaxArray =>
    nn.softmax(logits.add(random.gumbel(k, shape)).div(tau));

function prepared(methods: readonly Method[], ...arrays: JaxArray[]): Prepared {
  return {
    methods,
    release: () => {
      for (const each of arrays) each.dispose();
    },
  };
}

function relaxed({ rows, cols, tau }: Work, data: Data): Prepared {
  const logits = array(data.logits(rows * cols), [rows, cols]);
  const f = gumbelSoftmax([rows, cols], tau);
  return prepared(
    bothWays("softmax and random.gumbel", f, () => [key.ref, logits.ref]),
    logits,
  );
}

function withGradient({ rows, cols, tau }: Work, data: Data): Prepared {
  const logits = array(data.logits(rows * cols), [rows, cols]);
  const g = array(data.gradients(rows * cols), [rows, cols]);
  const f = gumbelSoftmax([rows, cols], tau);
  const gradient = (k: JaxArray, x: JaxArray, dy: JaxArray): JaxArray =>
    grad((each: JaxArray) => f(k, each).mul(dy).sum())(x);
  return prepared(
    bothWays("grad of <softmax and random.gumbel, g>", gradient, () => [key.ref, logits.ref, g.ref]),
    logits,
    g,
  );
}

function shortRow({ rows, cols, tau }: Work, data: Data): Prepared {
  const row = data.logits(rows * cols);
  const f = gumbelSoftmax([rows, cols], tau);
  const compiled = jit(f);
  const ways = [
    ["softmax and random.gumbel", f],
    ["jit of softmax and random.gumbel", compiled],
  ] as const;
  return prepared(
    ways.map(([label, way]): Method => {
      const run = () => way(key.ref, array(row, [rows, cols])).dataSync() as Float32Array;
      return { label: `${label}, dataSync`, run, result: () => run().slice() };
    }),
  );
}

const gumbelNoise = ({ cols }: Work): Prepared =>
  prepared(
    bothWays(
      "random.gumbel",
      (k: JaxArray) => random.gumbel(k, [cols]),
      () => [key.ref],
    ),
  );

const normalNoise = ({ cols }: Work): Prepared =>
  prepared(
    bothWays(
      "random.normal",
      (k: JaxArray) => random.normal(k, [cols]),
      () => [key.ref],
    ),
  );

function softmax({ rows, cols }: Work, data: Data): Prepared {
  const logits = array(data.logits(rows * cols), [rows, cols]);
  return prepared(
    bothWays(
      "nn.softmax",
      (x: JaxArray) => nn.softmax(x),
      () => [logits.ref],
    ),
    logits,
  );
}

function categorical({ cols }: Work, data: Data): Prepared {
  const logits = array(data.logits(cols), [cols]);
  return prepared(
    bothWays(
      "random.categorical",
      (k: JaxArray, x: JaxArray) => random.categorical(k, x),
      () => [key.ref, logits.ref],
    ),
    logits,
  );
}

function matmul({ rows, cols }: Work, data: Data): Prepared {
  const a = array(data.logits(rows * cols), [rows, cols]);
  const b = array(data.gradients(cols * cols), [cols, cols]);
  return prepared(
    bothWays(
      "numpy.matmul",
      (x: JaxArray, y: JaxArray) => np.matmul(x, y),
      () => [a.ref, b.ref],
    ),
    a,
    b,
  );
}

// The package does not export its package.json.
const { version } = createRequire(import.meta.url)("../node_modules/@jax-js/jax/package.json") as { version: string };

serve(
  { versions: { "@jax-js/jax": version } },
  {
    gumbelSoftmax: relaxed,
    gumbelSoftmaxWithGradient: withGradient,
    gumbel: gumbelNoise,
    normal: normalNoise,
    softmax,
    categorical,
    matmul,
    overhead: shortRow,
  },
);
