import { key } from "reparam";
import { Bernoulli, Normal } from "reparam/distributions";
import { logSoftmax, mul, parameter, reshape, sgd, sub, type Tensor } from "reparam/graph";
import { evidence, fit, guide, meanField, mixture, model, posterior } from "reparam/inference";
import { expect, test } from "vitest";

const data = { x: [-1, 0.5, 2] };

/** log of the mean of N(x; -1, 1) and N(x; 1, 1), summed over the data. */
const exact = data.x
  .map((x) => Math.log((Math.exp(-((x + 1) ** 2) / 2) + Math.exp(-((x - 1) ** 2) / 2)) / 2 / Math.sqrt(2 * Math.PI)))
  .reduce((a, b) => a + b);

test.each([1, 3])("a model whose latents are all summed out has its log evidence, %d together", async (together) => {
  const logits = parameter([2]);
  const summed = model(
    (p, { x }: { x: Tensor }) => {
      const densities = new Normal({ loc: Float32Array.of(-1, 1), scale: 1 }).logProb(reshape(x, [p.rows, 1]));
      p.factor("x", mixture(logSoftmax(logits), densities).logEvidence);
    },
    { parameters: { logits } },
  );
  const { value, standardError } = await evidence(summed, meanField(summed, data), data, {
    key: key(1),
    samples: 2,
    together,
  });
  expect(Math.abs(value - exact)).toBeLessThan(1e-5);
  expect(standardError).toBe(0);
});

test("a fit that holds parameters leaves no gradient for the next one that learns them", async () => {
  const settings = { key: key(2), steps: 3, optimizer: (p: Parameters<typeof sgd>[0]) => sgd(p, { rate: 0.1 }) };
  const learned = async (isHeldBefore: boolean): Promise<number> => {
    const loc = parameter([]);
    const other = parameter([]);
    const density = (p: { observe: (name: string, law: Normal, x: Tensor) => void }, { x }: { x: Tensor }) => {
      p.observe("x", new Normal({ loc, scale: 1 }), x);
      p.observe("y", new Normal({ loc: other, scale: 1 }), x);
    };
    const held = model(density, { parameters: { other } });
    const both = model(density, { parameters: { loc, other } });
    if (isHeldBefore) await fit(held, meanField(held, data), data, settings).run();
    await fit(both, meanField(both, data), data, settings).run();
    return loc.toArray()[0] as number;
  };
  expect(await learned(true)).toBe(await learned(false));
});

test("a guide may be made of the model's parameters, or of nothing", async () => {
  const shift = parameter([], [0.5]);
  const bits = model(
    (p, { x }: { x: Tensor }) => {
      const z = p.local("z", new Bernoulli({ logits: 0 }));
      p.observe("x", new Normal({ loc: mul(z, shift), scale: 1 }), x);
    },
    { parameters: { shift } },
  );
  const data = { x: [1, 2, -1] };
  // The posterior itself: log-odds shift x - shift² / 2.
  const exact = guide(({ x }: { x: Tensor }) => ({
    z: new Bernoulli({ logits: sub(mul(shift, x), mul(0.5, mul(shift, shift))) }),
  }));
  const { value, standardError } = await evidence(bits, exact, data, { key: key(1), samples: 20 });
  const density = (x: number, loc: number): number => Math.exp(-((x - loc) ** 2) / 2) / Math.sqrt(2 * Math.PI);
  const logEvidence = data.x.reduce((so, x) => so + Math.log(0.5 * density(x, 0) + 0.5 * density(x, 0.5)), 0);
  expect(Math.abs(value - logEvidence)).toBeLessThan(1e-5);
  expect(standardError).toBeLessThan(1e-6);
  const before = shift.item();
  await fit(bits, exact, data, { key: key(1), steps: 3 }).run();
  expect(shift.item()).not.toBe(before);
});

test("what a model without latents, or a weighted bound, cannot have is refused", () => {
  const summed = model((p, { x }: { x: Tensor }) => p.observe("x", new Normal({ loc: 0, scale: 1 }), x));
  const nothing = meanField(summed, data);
  expect(() => posterior(summed, nothing, data, { key: key(1), samples: 10 })).toThrow(
    "model: expected a model with latents, got one without, as where all are summed out: it has no posterior",
  );
  const tempered = {
    key: key(1),
    steps: 1,
    bound: { type: "importanceWeighted" },
    schedule: { temperature: 0.5 },
  } as const;
  expect(() => fit(summed, nothing, data, tempered)).toThrow(
    'schedule.temperature: expected none beside the bound "importanceWeighted", whose weights have no tempered log q, got 0.5',
  );
});
