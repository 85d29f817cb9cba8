import { foldIn, type Key, key, uniform } from "reparam";
import { Bernoulli } from "reparam/distributions";
import { adam, backward, glorot, linear, mean, mul, parameter, step, sum, type Tensor, tensor } from "reparam/graph"; // biome-ignore format: one line
import { disarm, type Estimator, estimate, rloo, straightThroughGumbelSoftmax } from "reparam/inference";
import { halvesOf, loadDigits } from "./data/digits.ts";
import { logMeanExp } from "./support/numbers.ts";
import { images, picture, words } from "./support/picture.ts";
import type { Run } from "./support/program.ts";

export const about = "The lower half of a digit from the upper half, through two layers of bits, by three estimators";
export const steps = { whole: 1500, short: 400 };

const ESTIMATORS: Record<string, Estimator> = {
  "straight-through Gumbel-Softmax": straightThroughGumbelSoftmax({ tau: 1 }),
  disarm: disarm(),
  rloo: rloo(),
};

const flat = (rows: readonly Uint8Array[]) => Float32Array.from(rows.flatMap((row) => [...row]));

/** p(y | x) = sum of p(h1 | x) p(h2 | h1) p(y | h2) over two layers of bits: Jang, Gu, Poole 2017, section 4.1. */
function network(pixels: number, bits: number, start: Key) {
  const weights = (shape: readonly [number, number], i: number) => parameter(shape, glorot(foldIn(start, i), shape));
  const [w1, w2, w3] = [weights([pixels, bits], 0), weights([bits, bits], 1), weights([bits, pixels], 2)];
  const [b1, b2, b3] = [parameter([bits]), parameter([bits]), parameter([pixels])];
  const first = (x: Tensor) => new Bernoulli({ logits: linear(x, w1, b1) });
  const second = (h1: Tensor) => new Bernoulli({ logits: linear(h1, w2, b2) });
  const below = (h2: Tensor) => new Bernoulli({ logits: linear(h2, w3, b3) });
  return { first, second, below, parameters: { w1, b1, w2, b2, w3, b3 } };
}
type Network = ReturnType<typeof network>;

const logLikelihood = ({ below }: Network, h2: Tensor, y: Tensor) => sum(below(h2).logProb(y), { axis: -1 });

/** -log p(y | x) of each row with m = 1, as in training: an estimate within the cost of another, one for each layer. */
const loss = (net: Network, x: Tensor, y: Tensor, how: { estimator: Estimator; samples: number }, k: Key) =>
  estimate(
    net.first(x),
    (h1) => estimate(net.second(h1), (h2) => mul(-1, logLikelihood(net, h2, y)), { ...how, key: foldIn(k, 1) }),
    { ...how, key: foldIn(k, 0) },
  );

/** -log of the mean over m samples of p(y | h2), the mean over all rows. */
function negativeLogLikelihood(net: Network, x: Float32Array, y: Float32Array, rows: number, m: number, k: Key) {
  const [pixels, at] = [x.length / rows, 20];
  let total = 0;
  for (let from = 0; from < rows; from += at) {
    const some = (all: Float32Array) => tensor(all.slice(from * pixels, (from + at) * pixels), [at, pixels]);
    const logs = step(() => {
      const h1 = net.first(some(x)).sample(foldIn(foldIn(k, from), 0), { shape: [m] });
      const h2 = net.second(h1).sample(foldIn(foldIn(k, from), 1));
      return logLikelihood(net, h2, some(y)).toArray(); // [m, at]
    });
    for (let row = 0; row < at; row++) total += logMeanExp(logs.filter((_, i) => i % at === row));
  }
  return -total / rows;
}

export async function run({ steps, seed, isShort, signal, show }: Run) {
  const [count, tests, bits, shrink, m, batch] = isShort ? [500, 100, 5, 2, 500, 50] : [10_000, 200, 200, 1, 1000, 100];
  const halves = (part: "train" | "test", count: number) => loadDigits({ count, part, shrink }).pixels.map(halvesOf);
  const [train, test] = [halves("train", count), halves("test", tests)];
  const pixels = train[0].upper.length;
  const [x, y] = [flat(test.map(({ upper }) => upper)), flat(test.map(({ lower }) => lower))];
  const results = [];
  for (const [name, estimator] of Object.entries(ESTIMATORS)) {
    const net = network(pixels, bits, key(seed));
    const optimizer = adam(net.parameters, { rate: isShort ? 0.05 : 1e-3 });
    for (let i = 0; i < steps; i++) {
      signal.throwIfAborted();
      const k = foldIn(key(seed + 1), i);
      const chosen = [...uniform(foldIn(k, 2), batch)].map((u) => train[Math.floor(u * count)]);
      step(() => {
        const upper = tensor(flat(chosen.map(({ upper }) => upper)), [batch, pixels]);
        const lower = tensor(flat(chosen.map(({ lower }) => lower)), [batch, pixels]);
        backward(mean(loss(net, upper, lower, { estimator, samples: 2 }, k)));
      });
      optimizer.step();
      show({ step: i + 1, of: steps, doing: name });
      await new Promise(setImmediate);
    }
    const one = negativeLogLikelihood(net, x, y, tests, 1, key(seed + 2));
    const many = negativeLogLikelihood(net, x, y, tests, m, key(seed + 3));
    const drawn = step(() => {
      const h2 = net.second(net.first(tensor(x, [tests, pixels])).sample(key(seed + 4))).sample(key(seed + 5));
      return net.below(h2).mean().toArray();
    });
    results.push({ name, one, many, drawn, net });
  }
  return {
    numbers: Object.fromEntries(
      results.flatMap(({ name, one, many }) => [
        [`test NLL, m = 1, ${name}`, one],
        [`test NLL, m = ${m}, ${name}`, many],
      ]),
    ),
    picture: draw(x, pixels, [
      { title: "digits", lower: y },
      ...results.map(({ name, many, drawn }) => ({ title: `${name}: ${many.toFixed(2)} nats`, lower: drawn })),
    ]),
    results,
    test: { x, y, pixels, rows: tests },
  };
}

/** The first test digits, and a completion of each by each network. */
function draw(x: Float32Array, pixels: number, lowers: { title: string; lower: Float32Array }[]): string {
  const half = (all: Float32Array, i: number) => all.subarray(i * pixels, (i + 1) * pixels);
  const digits = (lower: Float32Array) => Array.from({ length: 14 }, (_, i) => [...half(x, i), ...half(lower, i)]);
  const scale = 56 / Math.sqrt(2 * pixels);
  const rows = lowers.flatMap(({ title, lower }, i) => [
    words(20, 84 + i * 84, title, { size: 11 }),
    images({ left: 20, top: 92 + i * 84, scale }, digits(lower), 14),
  ]);
  const subtitle =
    "upper half: given; lower half: of one sample of two layers of bits; nats: test NLL with many samples";
  const title = "The lower half of a digit from the upper half";
  return picture({ width: 880, height: 100 + lowers.length * 84, title, subtitle }, rows);
}
