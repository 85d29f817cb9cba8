import type { Compared } from "./compare.ts";
import { REFERENCE } from "./estimators.ts";
import type { Latent } from "./model.ts";
import type { Results } from "./results.ts";
import type { Run } from "./train.ts";

const HEADINGS: Record<Latent, string> = {
  bernoulli: "24 Bernoulli variables",
  categorical: "8 variables of 8 categories",
};

/** All that was measured, as Markdown. @param pictures where the pictures are, from where the text is */
export function renderTables({ settings, images, runs, compared }: Results, pictures: string): string {
  const { batch, rate, repetitions, seed, steps } = settings;
  const latents = [...new Set(runs.map(({ latent }) => latent))];
  const epochs = Number(((steps * batch) / images.train).toFixed(2));
  return [
    `${images.train} training images, ${images.test} test images; ${steps} steps of ${batch} images (${epochs} epochs), Adam at ${rate}, seed ${seed};
variances over ${repetitions} gradients. One run each: differences of a nat between runs may be those of another seed.`,
    ...latents.flatMap((latent) => {
      const mine = runs.filter((run) => run.latent === latent);
      const points = compared.filter((each) => each.latent === latent);
      return [
        `## ${HEADINGS[latent]}`,
        boundsTable(mine),
        `![−ELBO against the step, for each estimator](${pictures}${latent}-bounds.svg)`,
        variancesTable(mine),
        `![Variance of the encoder's gradient against the step](${pictures}${latent}-variances.svg)`,
        ...(points.length > 0 ? [comparedTable(points)] : []),
      ];
    }),
  ].join("\n\n");
}

function boundsTable(runs: readonly Run[]): string {
  const steps = runs[0].checkpoints.map(({ step }) => step);
  return titled(
    "**Bounds.** −ELBO of the discrete model on the training images after so many steps; at the end on the test images, and the 100-sample importance-weighted bound on 100 of these. Nats an image, lower is better.",
    ["estimator", "samples", "evaluations", ...steps.map((step) => `step ${step}`), "test", "IWAE-100"],
    runs.map((run) => {
      const last = run.checkpoints[run.checkpoints.length - 1];
      return [
        `\`${run.estimator}\``,
        `${run.samples}`,
        `${run.evaluations}`,
        ...run.checkpoints.map(({ train }) => train.toFixed(1)),
        last.test.toFixed(1),
        last.testIwae100.toFixed(1),
      ];
    }),
  );
}

function variancesTable(runs: readonly Run[]): string {
  return titled(
    "**Variance of the encoder's gradient along each estimator's own run**: of the batch that is the first 100 images, summed over the encoder's parameters; in brackets over the squared norm of the mean gradient.",
    ["estimator", ...runs[0].checkpoints.map(({ step }) => `step ${step}`)],
    runs.map((run) => [
      `\`${run.estimator}\``,
      ...run.checkpoints.map(({ variance, noise }) => `${digits(variance)} (${digits(noise)})`),
    ]),
  );
}

function comparedTable(compared: readonly Compared[]): string {
  const steps = [...new Set(compared.map(({ step }) => step))];
  const names = [...new Set(compared.map(({ estimator }) => estimator))];
  return titled(
    `**At the same parameters**: those of the run of \`${REFERENCE}\`, after ${steps.join(" and after ")} steps. Bias: ‖E g − g*‖ / ‖g*‖, g* by a long run of \`${REFERENCE}\`; "< x" where it is not told from 0. Cosine: of a single gradient with g*, on average.`,
    ["estimator", ...steps.flatMap((step) => [`variance, step ${step}`, "over ‖E g‖²", "bias", "cosine"])],
    names.map((name) => [
      `\`${name}\``,
      ...steps.flatMap((step) => {
        const each = compared.find((one) => one.estimator === name && one.step === step) as Compared;
        const bias = each.bias > 0 ? each.bias.toFixed(2) : `< ${each.floor.toFixed(2)}`;
        return [digits(each.variance), digits(each.noise), bias, each.cosine.toFixed(2)];
      }),
    ]),
  );
}

function titled(title: string, head: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = head.map((_, i) => (i === 0 ? ":--" : "--:"));
  return [title, "", ...[head, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`)].join("\n");
}

/** Three digits. */
const digits = (value: number): string => {
  const short = Number(value.toPrecision(3));
  return Math.abs(short) >= 1e-3 && Math.abs(short) < 1e6 ? String(short) : short.toExponential();
};
