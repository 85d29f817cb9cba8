import { LogitRelaxedBernoulli, RelaxedBernoulli } from "../../../bindings/distributions/index.ts";
import type { Setting, Univariate } from "../case.ts";

const softabs = (x: number): number => Math.abs(x) + 2 * Math.log1p(Math.exp(-Math.abs(x)));
const oddsOf = ({ logits, probs = 0.5 }: Setting): number => logits ?? Math.log(probs) - Math.log1p(-probs);

/** Maddison, Mnih, Teh 2017, eq. 25, in the log-odds y. */
function logitLogProb(y: number, setting: Setting): number {
  const { temperature = 1 } = setting;
  return Math.log(temperature) - softabs(oddsOf(setting) - temperature * y);
}

const logit = (x: number): number => Math.log(x) - Math.log1p(-x);

/** By log-odds and by probabilities: two entries of one family. */
const twice = (family: Omit<Univariate, "settings">, settings: readonly Setting[]): readonly Univariate[] =>
  ["logits", "probs"].map((name) => ({ ...family, settings: settings.filter((setting) => name in setting) }));

export const relaxedBernoulli: readonly Univariate[] = [
  ...twice(
    {
      name: "LogitRelaxedBernoulli",
      make: (parameters) => new LogitRelaxedBernoulli(parameters),
      logProb: logitLogProb,
      range: (setting) => {
        const { temperature = 1 } = setting;
        const middle = oddsOf(setting) / temperature;
        return { from: middle - 45 / temperature, to: middle + 45 / temperature, breaks: [middle] };
      },
      points: (setting) => [oddsOf(setting) / (setting.temperature as number), 400 / (setting.temperature as number)],
    },
    [
      { temperature: 2 / 3, logits: 0.4 },
      { temperature: 5, logits: -3 },
      { temperature: 0.01, logits: 20 },
      { temperature: 1.5, probs: 0.8 },
    ],
  ),
  ...twice(
    {
      name: "RelaxedBernoulli",
      make: (parameters) => new RelaxedBernoulli(parameters),
      logProb: (x, setting) => logitLogProb(logit(x), setting) - Math.log(x) - Math.log1p(-x),
      range: (setting) => {
        const middle = 1 / (1 + Math.exp(-oddsOf(setting) / (setting.temperature as number)));
        return { from: 0, to: 1, breaks: [middle] };
      },
      points: () => [0.001, 0.5, 0.999, 1e-30],
    },
    [
      { temperature: 2 / 3, logits: 0.4 },
      { temperature: 1, logits: -2 },
      { temperature: 4, logits: 6 },
      { temperature: 0.8, probs: 0.3 },
    ],
  ),
];
