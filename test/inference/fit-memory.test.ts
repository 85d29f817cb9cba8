import { expect, test } from "vitest";
import { Bernoulli, Normal } from "../../bindings/distributions/index.ts";
import { mul, parameter, sgd, type Tensor } from "../../bindings/graph/index.ts";
import { fit, guide, model, movingAverage, nvil, scoreFunction } from "../../bindings/inference/index.ts";
import { key } from "../../bindings/random/index.ts";

// All pieces of a batch have the same point of a latent of all of the data. A baseline that learned its cost in one piece and is
// subtracted in the next depends on the sample, and the gradient is biased: with decay 0 and equal rows, all but the first piece cancel.

const X = [0.3, 1.2, -0.4, 0.9];

async function moved(estimator: ReturnType<typeof nvil>, chunk: number): Promise<number> {
  const logits = parameter([], [0.4]);
  const m = model((p, { x }: { x: Tensor }) => {
    const z = p.latent("z", new Bernoulli({ logits: 0.2 }));
    p.observe("x", new Normal({ loc: p.perRow(mul(1.5, z)), scale: 0.7 }), x);
  });
  const g = guide<{ x: Tensor }>(() => ({ z: new Bernoulli({ logits }) }), { parameters: { logits } });
  const fitting = fit(
    m,
    g,
    { x: X },
    {
      key: key(5),
      steps: 1,
      chunk,
      estimator,
      optimizer: (all) => sgd(all, { rate: 1 }),
    },
  );
  await fitting.run();
  const [after] = logits.toArray();
  fitting.dispose();
  logits.dispose();
  return (after as number) - 0.4;
}

test.each([
  ["movingAverage", () => scoreFunction({ baseline: movingAverage({ decay: 0 }) })],
  ["nvil", () => nvil({ normalize: false })],
])("%s has the baseline from before the step in each piece of the batch", async (_, make) => {
  const whole = await moved(make(), 4);
  expect(Math.abs(whole)).toBeGreaterThan(0.1);
  for (const chunk of [1, 2]) expect(await moved(make(), chunk)).toBeCloseTo(whole, 5);
});
