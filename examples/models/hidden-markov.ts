import { foldIn, key } from "reparam";
import { Poisson } from "reparam/distributions";
import { add, backward, exp, logSoftmax, parameter, reshape, step, type Tensor, take, tensor } from "reparam/graph";
import { chain, evidence, fit, guide, MarkovChain, meanField, model, modelBound, rloo } from "reparam/inference";
import { loadEarthquakes } from "./data/earthquakes.ts";
import { BLUE, FAINT, GRID, legend, ORANGE, Panel, picture } from "./support/picture.ts";
import type { Outcome, Run } from "./support/program.ts";

export const about = "hidden Markov model: three kinds of years with earthquakes, by exact sums and by sampling";
export const steps = { whole: 8000, short: 1500 };

const { year, count } = loadEarthquakes();
const [T, K, STAY] = [count.length, 3, [2, 0, 0, 0, 2, 0, 0, 0, 2]];
const COLOURS = { counts: FAINT, "forward-backward": GRID, chain: BLUE, "mean-field": ORANGE };

/** Logits of the first state and of the next one, and logs of the mean counts: all are learned. */
const beginning = () => ({
  initial: parameter([K], new Float32Array(K)),
  transition: parameter([K, K], STAY),
  logRates: parameter([K], [10, 20, 25].map(Math.log)),
});
type Learned = ReturnType<typeof beginning>;

/** The states summed over, by forward-backward. */
const summed = ({ initial, transition, logRates }: Learned) =>
  chain({
    ...{ initial: logSoftmax(initial), transition: logSoftmax(transition) },
    emission: new Poisson({ rate: exp(logRates) }).logProb(tensor(count, [T, 1])),
  });

/** The states as a latent, to be sampled: [points, T], numbers of states. */
const sampled = ({ initial, transition, logRates }: Learned, parameters?: Learned) =>
  model((p) => {
    const states = p.latent("states", new MarkovChain({ initial, transition, length: T }));
    const logRate = reshape(take(logRates, states.toArray()), states.shape);
    p.observe("counts", new Poisson({ rate: exp(logRate) }), count);
  }, parameters && { parameters });

/** A chain whose transitions are those of its year; mean-field: alike from each state, that is from one for all. */
function chainGuide(from: number, transition: readonly number[]) {
  const each = Array.from({ length: T - 1 }, () => transition).flat();
  const parameters = { first: parameter([K], new Float32Array(K)), next: parameter([T - 1, from, K], each) };
  const next = () => add(parameters.next, tensor(new Float32Array(K), [K, 1]));
  const law = () => new MarkovChain({ initial: parameters.first, transition: next(), length: T });
  return { law, guide: guide(() => ({ states: law() }), { parameters }) };
}

export async function run({ steps, seed, isShort, signal, show }: Run): Promise<Outcome> {
  const [exactly, learned] = [beginning(), beginning()];
  const exact = model((p) => p.factor("counts", summed(exactly).logEvidence), { parameters: exactly });
  const guides = [chainGuide(K, STAY), chainGuide(1, [0, 0, 0])];
  const fixed = sampled(learned);
  const fits = [
    ["exact sums", exact, meanField(exact, undefined), 1],
    ["model and chain", sampled(learned, learned), guides[0].guide, 16],
    ["chain", fixed, guides[0].guide, 32],
    ["mean-field", fixed, guides[1].guide, 16],
  ] as const;
  for (const [i, [doing, hmm, guide, samples]] of fits.entries())
    await fit(hmm, guide, undefined, {
      ...{ key: foldIn(key(seed), i), steps, samples, signal },
      ...(samples > 1 && { estimator: rloo(), bound: { type: "stickingTheLanding" } }),
      schedule: { rate: { type: "linear", initial: 0.1, final: 0.005, steps } },
    }).run((progress) => show({ ...progress, doing }));

  const logLikelihoods = step(() => [exactly, learned].map((each) => summed(each).logEvidence.item()));
  const marginals = step(() =>
    [summed(learned), ...guides.map(({ law }) => law())].map((law) => Array.from(law.marginals().toArray())),
  );
  const options = { key: foldIn(key(seed), 9), samples: isShort ? 500 : 5000, signal };
  const [bound, loose] = await Promise.all(guides.map(({ guide }) => evidence(fixed, guide, undefined, options)));
  const { exact: slopes, sampled: estimates } = gradients(seed);
  const numbers = {
    "log likelihood, learned by exact sums": logLikelihoods[0],
    "learned by sampling": logLikelihoods[1],
    "bound of the chain": bound.value,
    "its standard error": bound.standardError,
    "bound of mean-field": loose.value,
    "largest difference of a state's probability, chain": furthest(marginals[0], marginals[1]),
    "of mean-field": furthest(marginals[0], marginals[2]),
    "largest exact gradient where learning begins": Math.max(...slopes.map(Math.abs)),
    "largest difference from it, of 10 000 samples": furthest(slopes, estimates),
  };
  const panel = new Panel({
    ...{ left: 60, top: 100, width: 740, height: 240, x: [1899, 2007], y: [0, 45], yLabel: "earthquakes" },
  });
  const rates = learned.logRates.toArray().map(Math.exp);
  panel.points(year, count, { fill: COLOURS.counts, radius: 2.5 });
  marginals.forEach((own, i) => {
    const expected = year.map((_, t) => rates.reduce((sum, rate, k) => sum + rate * own[t * K + k], 0));
    panel.line(year, expected, { stroke: Object.values(COLOURS)[i + 1], width: i === 0 ? 7 : 1.6 });
  });
  const title = "Earthquakes of magnitude 7 or more, and how many the hidden state of the year has on average";
  const nats = [logLikelihoods[1], bound.value, loose.value].map((value) => value.toFixed(2));
  const meanings = Object.entries(COLOURS).map(([meaning, colour]) => [colour, meaning] as const);
  const subtitle = `log likelihood ${nats[0]}; bounds ${nats[1]} by a chain, ${nats[2]} by mean-field`;
  return {
    numbers,
    picture: picture({ width: 830, height: 400, title, subtitle }, [legend(60, 82, meanings), panel.svg()]),
  };
}

const furthest = (a: readonly number[], b: readonly number[]) => Math.max(...a.map((x, i) => Math.abs(x - b[i])));

/** With respect to the parameters, where they begin: of the exact sum, and of the bound by states sampled from their posterior. */
export function gradients(seed: number, samples = 10_000) {
  const learned = beginning();
  const gradientOf = (objective: () => Tensor): number[] => {
    for (const each of Object.values(learned)) each.clear();
    step(() => backward(objective()));
    return Object.values(learned).flatMap((each) => Array.from(each.grad()));
  };
  const posterior = guide(() => ({ states: summed(learned).posterior() }), { parameters: learned });
  const bound = modelBound(sampled(learned), posterior, undefined, { estimator: rloo(), samples });
  const [exact, sampledOnes] = [() => summed(learned).logEvidence, () => bound(key(seed)).bound].map(gradientOf);
  return { exact, sampled: sampledOnes };
}
