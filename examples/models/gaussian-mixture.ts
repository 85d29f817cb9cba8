import { key } from "reparam";
import { Normal, OneHotCategorical } from "reparam/distributions";
import { adam, exp, linear, logSoftmax, parameter, reshape, step, sum, type Tensor, tensor } from "reparam/graph";
import { evidence, fit, meanField, mixture, model } from "reparam/inference";
import { loadIris } from "./data/iris.ts";
import { COLOURS, FAINT, mixed, Panel, picture } from "./support/picture.ts";
import type { Run } from "./support/program.ts";

export const about = "A Gaussian mixture of iris flowers: assignments summed out in one line, and sampled";
export const steps = { whole: 400, short: 300 };

/** Components, and measures of a flower. */
const [K, D] = [3, 2];
const TOGETHER = [1, 4, 16, 64];

export async function run({ steps, seed, isShort, signal, show }: Run) {
  const { petalLength, petalWidth } = loadIris();
  const data = { x: petalLength.map((length, i) => [length, petalWidth[i]]) };
  const rows = petalLength.length;
  const logits = parameter([K]);
  const means = parameter([K, D], [1.5, 0.3, 4, 1.2, 6, 2]);
  const logScales = parameter([K, D], new Float32Array(K * D).fill(-1));

  // Assignments summed out: there is nothing to sample, and the fit maximizes the log evidence itself.
  const mixtureOf = (x: Tensor) => {
    const each = new Normal({ loc: means, scale: exp(logScales) }).logProb(reshape(x, [x.size / D, 1, D]));
    return mixture(logSoftmax(logits), sum(each, { axis: -1 }));
  };
  const summed = model((p, { x }: { x: Tensor }) => p.factor("x", mixtureOf(x).logEvidence), {
    parameters: { logits, means, logScales },
  });
  const learning = fit(summed, meanField(summed, data), data, {
    key: key(seed),
    steps,
    optimizer: (parameters) => adam(parameters, { rate: 0.05 }),
    signal,
  });
  await learning.run((progress) => show({ ...progress, doing: "parameters" }));
  const exact = step(() => {
    const { logEvidence, responsibilities } = mixtureOf(tensor(data.x.flat(), [rows, D]));
    return { logEvidence: sum(logEvidence).item(), responsibilities: responsibilities().toArray() };
  });

  // The same density with assignments sampled. It is not given the parameters, so they stay as they are.
  const sampled = model((p, { x }: { x: Tensor }) => {
    const z = p.local("z", new OneHotCategorical({ logits })); // [points, rows, K]
    p.observe("x", new Normal({ loc: linear(z, means), scale: exp(linear(z, logScales)) }), x);
  });
  const guide = meanField(sampled, data);
  // Three values a flower: by default the gradient sums them. `estimator: rloo()` would sample them.
  const assigning = fit(sampled, guide, data, {
    key: key(seed + 1),
    steps,
    optimizer: (parameters) => adam(parameters, { rate: 0.3 }),
    signal,
  });
  await assigning.run((progress) => show({ ...progress, doing: "assignments" }));
  const guessed = step(() => new OneHotCategorical({ logits: guide.parameters["z.logits"] }).mean().toArray());

  const bounds = [];
  for (const together of TOGETHER)
    bounds.push(
      await evidence(sampled, guide, data, { key: key(seed + 2), samples: isShort ? 100 : 1000, together, signal }),
    );

  return {
    numbers: {
      "log evidence, exact": exact.logEvidence,
      ...Object.fromEntries(bounds.map(({ value }, i) => [`bound of ${TOGETHER[i]} together`, value])),
      "largest error of a responsibility": Math.max(...guessed.map((q, i) => Math.abs(q - exact.responsibilities[i]))),
    },
    picture: draw(data.x, guessed, means.toArray(), logScales.toArray(), exact.logEvidence, bounds),
    guessed,
    bounds,
    learned: { logits: logits.toArray(), means: means.toArray(), logScales: logScales.toArray() },
  };
}

function draw(
  x: number[][],
  guessed: Float32Array,
  means: Float32Array,
  logScales: Float32Array,
  logEvidence: number,
  bounds: { value: number; standardError: number }[],
): string {
  const [length, width] = [x.map((each) => each[0]), x.map((each) => each[1])];
  const axes = { x: [0, 8], y: [0, 3], xLabel: "petal length, cm", yLabel: "petal width, cm" } as const;
  const flowers = new Panel({ left: 64, top: 90, width: 420, height: 290, ...axes });
  flowers.points(length, width, { fill: x.map((_, n) => mixed([...guessed.subarray(n * K, n * K + K)])) });
  const turn = Array.from({ length: 61 }, (_, i) => (i * Math.PI) / 30);
  for (let k = 0; k < K; k++) {
    const around = (d: number, wave: (angle: number) => number) =>
      turn.map((angle) => means[k * D + d] + 2 * Math.exp(logScales[k * D + d]) * wave(angle));
    flowers.line(around(0, Math.cos), around(1, Math.sin), { stroke: COLOURS[k] });
  }
  const values = bounds.map(({ value }) => value);
  const y = [2 * Math.min(...values) - logEvidence, 2 * logEvidence - values[0]] as const;
  const places = bounds.map((_, i) => i);
  const panel = {
    left: 570,
    top: 90,
    width: 230,
    height: 290,
    xLabel: "samples together",
    xNames: TOGETHER.map(String),
  };
  const evidences = new Panel({ ...panel, x: [-0.5, 3.5], y })
    .line([-0.5, 3.5], [logEvidence, logEvidence], { stroke: FAINT, isDashed: true })
    .intervals(
      places,
      values,
      bounds.map(({ standardError }) => 2 * standardError),
    );
  const title = "Iris flowers as a mixture of three Gaussians";
  const subtitle =
    "colour: probability of each component, by a guide; right: bounds of log p(x), ± 2 standard errors, dashed: exact";
  return picture({ width: 840, height: 430, title, subtitle }, [flowers.svg(), evidences.svg()]);
}
