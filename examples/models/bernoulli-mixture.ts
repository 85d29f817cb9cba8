import { categorical, key } from "reparam";
import { adam, linear, logSoftmax, mul, parameter, softplus, step, sub, sum, type Tensor, tensor } from "reparam/graph";
import { fit, meanField, mixture, model } from "reparam/inference";
import { loadDigits } from "./data/digits.ts";
import { images, picture, words } from "./support/picture.ts";
import type { Run } from "./support/program.ts";

export const about = "A mixture of Bernoulli variables on digits: prototypes one can read, learned in mini-batches";
export const steps = { whole: 3000, short: 600 };

/** Prototypes, and log-odds at which they begin: one digit each, half believed. */
const [K, SURE] = [20, 1];

export async function run({ steps, seed, isShort, signal, show }: Run) {
  const count = isShort ? 500 : 5000;
  const { pixels, side } = loadDigits({ count, shrink: isShort ? 2 : 1 });
  const P = side * side;
  const data = { x: { values: Float32Array.from(pixels.flatMap((each) => [...each])), shape: [count, P] } };

  // A column of log-odds for each prototype.
  const first = categorical(key(seed), new Float32Array(count), { draws: K });
  const start = Float32Array.from(
    { length: P * K },
    (_, i) => SURE * (2 * pixels[first[i % K]][Math.floor(i / K)] - 1),
  );
  const [logits, odds] = [parameter([K]), parameter([P, K], start)];

  // log p(image | prototype) = sum of x log-odds - log(1 + exp log-odds), over pixels: which prototype is summed out.
  const mixtureOf = (x: Tensor) => mixture(logSoftmax(logits), sub(linear(x, odds), sum(softplus(odds), { axis: 0 })));
  const digits = model(
    (p, { x }: { x: Tensor }) => {
      p.factor("x", mixtureOf(x).logEvidence);
      // Beta(2, 2) of each pixel: log m + log(1 - m), so that a pixel that no image has is not impossible.
      p.factor("prior", sum(sub(odds, mul(2, softplus(odds)))));
    },
    { parameters: { logits, odds } },
  );
  const learning = fit(digits, meanField(digits, data), data, {
    key: key(seed + 1),
    steps,
    batch: isShort ? 100 : 250,
    optimizer: (parameters) => adam(parameters, { rate: 0.1 }),
    schedule: { rate: { type: "linear", initial: 0.1, final: 0.001, steps } },
    signal,
  });
  await learning.run(show);

  const found = step(() => {
    const { logEvidence, responsibilities } = mixtureOf(tensor(data.x.values, data.x.shape));
    return { logEvidence: sum(logEvidence).item(), responsibilities: responsibilities().toArray() };
  });
  const weights = step(() => logSoftmax(logits).toArray()).map(Math.exp);
  const learned = { start, weights, odds: odds.toArray() };
  const probability = (logOdds: number): number => 1 / (1 + Math.exp(-logOdds));
  const order = [...weights.keys()].sort((a, b) => weights[b] - weights[a]);
  const sheet = order.map((k) => Float32Array.from({ length: P }, (_, i) => probability(learned.odds[i * K + k])));

  const title = `${K} prototypes of ${count} digits`;
  const subtitle = "ink: probability that a pixel is black; below each, its share of the digits";
  const scale = 84 / side;
  const shares = order.map((k, i) =>
    words(20 + (i % 10) * 90 + 24, 166 + Math.floor(i / 10) * 112, `${(100 * weights[k]).toFixed(1)} %`),
  );
  const rows = sheet.map((image, i) =>
    images({ left: 20 + (i % 10) * 90, top: 66 + Math.floor(i / 10) * 112, scale }, [image], 1),
  );
  return {
    numbers: {
      "log evidence a digit, exact": found.logEvidence / count,
      "largest share": Math.max(...weights),
      "smallest share": Math.min(...weights),
    },
    picture: picture({ width: 930, height: 300, title, subtitle }, [...rows, ...shares]),
    pixels,
    ...found,
    ...learned,
  };
}
