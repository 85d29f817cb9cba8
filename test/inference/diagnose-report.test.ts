import { describe, expect, test } from "vitest";
import { Bernoulli } from "../../bindings/distributions/index.ts";
import { mul, parameter, sub, sum, type Tensor } from "../../bindings/graph/index.ts";
import { tidy } from "../../bindings/inference/diagnose/tidy.ts";
import {
  diagnose,
  disarm,
  type EstimateOptions,
  enumeration,
  estimate,
  gumbelSoftmax,
  type Progress,
  rloo,
  scoreFunction,
} from "../../bindings/inference/index.ts";
import { key } from "../../bindings/random/index.ts";

const toy = {
  parameters: { theta: [0] },
  loss: ({ theta }: { theta: Tensor }, run: EstimateOptions) =>
    estimate(
      new Bernoulli({ logits: theta }),
      (b) => {
        const apart = sub(b, 0.45);
        return sum(mul(apart, apart), { axis: 2 });
      },
      run,
    ),
};
const options = { key: key(1), samples: 20_000 };
const estimators = {
  "score function": scoreFunction(),
  "RLOO of 4": { estimator: rloo(), samples: 4 },
  DisARM: disarm(),
  "relaxed <1|2> & more": gumbelSoftmax({ tau: 1 }),
};
const report = await diagnose(toy, estimators, options);

describe("the table", () => {
  test("is aligned text", () => {
    const lines = report.table().split("\n");
    const [head, rule, ...rows] = lines.slice(0, 6);
    const ends = [...rule.matchAll(/-+/g)].map(({ index, 0: dashes }) => index + dashes.length);
    expect(ends.length).toBe(9);
    for (const row of [head, ...rows]) {
      expect(row.length).toBe(rule.length);
      // Columns end together, and two blanks part them.
      for (const end of ends.slice(0, -1)) expect(row.slice(end, end + 2)).toBe("  ");
    }
    expect(rows[0]).toMatch(/^score function +1 +none above 0\.00\d+ +0\.0159 ± \d/);
    expect(rows[1]).toMatch(/^RLOO of 4 +4 +none above/);
    expect(rows[2]).toMatch(/^DisARM +1 +none above \S+e-8 +0 +\S+ +1\.000 +2 /);
    expect(rows[3]).toMatch(/^relaxed <1\|2> & more +1 +0\.00\d+ \(0\.00\d+ to 0\.0\d+\)/);
    expect(lines.slice(6)).toEqual([
      "",
      "20 000 gradients of each; true gradient of length 0.0250 from enumeration; bias at 99.9 %, variance ± standard error.",
      "",
    ]);
  });

  test("is Markdown when asked for", () => {
    const lines = report.table({ format: "markdown" }).split("\n").slice(0, 6);
    for (const line of lines) expect(line.replaceAll("\\|", "").split("|").length).toBe(11);
    expect(lines[1]).toMatch(/^\| --- (\| ---: ){8}\|$/);
    expect(lines[5]).toContain("relaxed <1\\|2> & more");
    expect(() => report.table({ format: "html" as "text" })).toThrow(
      'format: expected "text" or "markdown", got "html"',
    );
  });

  test.each([
    [0, "0"],
    [1.23456, "1.23"],
    [-0.012345, "-0.0123"],
    [0.00012345, "1.23e-4"],
    [0.99999, "1.00"],
    [999.6, "1000"],
    [54321, "54321"],
    [123456, "1.23e5"],
    [Number.NaN, "–"],
  ])("%d is written %s", (x, expected) => expect(tidy(x)).toBe(expected));
});

describe("the plot", () => {
  const svg = report.plot({ title: 'Toy "t" < 0.45' });
  const found = (pattern: RegExp): string[] => [...svg.matchAll(pattern)].map(([, value]) => value);

  test("is well-formed, and has no number that is none", () => {
    const open: string[] = [];
    for (const [, end, name, rest] of svg.matchAll(/<(\/?)([a-z]+)((?:[^<>"]|"[^"<]*")*)>/g))
      if (end) expect(open.pop()).toBe(name);
      else if (!rest.endsWith("/")) open.push(name);
    expect(open).toEqual([]);
    expect(svg.replace(/<(\/?)([a-z]+)((?:[^<>"]|"[^"<]*")*)>/g, "")).not.toMatch(/[<>]|&(?!amp;|lt;|gt;|quot;)/);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    expect(svg).toContain("Toy &quot;t&quot; &lt; 0.45");
  });

  test("has a dot for what was detected, an arrow for what was not, and each name", () => {
    const legend = 1;
    expect(found(/(<circle[^>]*r="4.5")/g).length).toBe(legend + 1);
    expect(found(/(<circle[^>]*r="4")/g).length).toBe(legend + 3);
    for (const name of ["score function", "RLOO of 4", "DisARM", "relaxed &lt;1|2&gt; &amp; more"])
      expect(svg).toContain(`>${name}</text>`);
  });

  test("has places by logarithms: a decade is as wide everywhere, and points are where they belong", () => {
    const ticks = found(/x="([\d.]+)" y="436" [^>]*>10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+</g).map(Number);
    expect(ticks.length).toBeGreaterThan(2);
    const decade = ticks[1] - ticks[0];
    for (let i = 1; i < ticks.length; i++) expect(Math.abs(ticks[i] - ticks[i - 1] - decade)).toBeLessThan(0.21);
    // The first is a variance below all; DisARM's, 0, stands at the axis.
    const xs = found(/<circle cx="([\d.]+)"[^>]*r="4(?:\.5)?"/g)
      .map(Number)
      .slice(2);
    const { variance: a } = report.estimators["score function"];
    const { variance: b } = report.estimators["RLOO of 4"];
    expect(Math.abs(xs[0] - xs[1] - decade * Math.log10(a / b))).toBeLessThan(0.3);
    expect(xs[2]).toBe(84);
    const rise = found(/y="([\d.]+)" fill="#59636e" text-anchor="end">10/g).map((y) => Number(y) - 4);
    const powers = [...svg.matchAll(/text-anchor="end">10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)</g)].map(([, digits]) =>
      Number([...digits].map((each) => "-0123456789"["⁻⁰¹²³⁴⁵⁶⁷⁸⁹".indexOf(each)]).join("")),
    );
    const heightOf = (bias: number): number =>
      rise[0] + ((rise[1] - rise[0]) * (Math.log10(bias) - powers[0])) / (powers[1] - powers[0]);
    const ys = found(/<circle [^>]*cy="([\d.]+)" r="4(?:\.5)?"/g)
      .map(Number)
      .slice(2);
    const biases = Object.values(report.estimators).map(({ bias }) =>
      bias.detected ? bias.norm : bias.normInterval[1],
    );
    expect(ys.length).toBe(4);
    for (const [i, y] of ys.entries()) expect(Math.abs(y - heightOf(biases[i]))).toBeLessThan(0.5);
  });

  test("writes no name over another", async () => {
    const same = await diagnose(toy, { first: rloo(), second: rloo(), third: rloo() }, { ...options, samples: 100 });
    const names = [...same.plot().matchAll(/<text x="([\d.]+)" y="([\d.]+)"[^>]*>(first|second|third)</g)];
    const places = names.map(([, x, y]) => [Number(x), Number(y)]);
    expect(places.length).toBe(3);
    for (const [i, [x, y]] of places.entries())
      for (const [u, v] of places.slice(0, i)) expect(x !== u || Math.abs(y - v) >= 12).toBe(true);
  });

  test("can be drawn where there is nothing but zeros", async () => {
    const flat = await diagnose(
      { parameters: { theta: [0] }, loss: ({ theta }) => sum(mul(theta, 0), { axis: 1 }) },
      { disarm: disarm(), enumeration: enumeration() },
      { key: key(1), samples: 3 },
    );
    expect(flat.estimators.disarm).toMatchObject({ variance: 0, meanSquaredError: 0, cosine: 0, evaluations: 0 });
    expect(flat.plot()).not.toMatch(/NaN|undefined|Infinity/);
    expect(flat.table()).not.toMatch(/NaN|undefined|Infinity/);
  });
});

describe("a long run", () => {
  test("shows its progress, the truth's first", async () => {
    const seen: Progress[] = [];
    await diagnose(
      toy,
      { a: rloo(), b: disarm() },
      { ...options, samples: 10, chunk: 4, onProgress: (progress) => seen.push(progress) },
    );
    expect(seen.map(({ estimator, done, of }) => `${estimator} ${done}/${of}`)).toEqual([
      ...["truth 4/16", "truth 8/16", "truth 12/16", "truth 16/16"],
      ...["a 4/10", "a 8/10", "a 10/10"],
      ...["b 4/10", "b 8/10", "b 10/10"],
    ]);
  });

  test("can be ended, with the reason that was given", async () => {
    const controller = new AbortController();
    let steps = 0;
    const ended = diagnose(
      toy,
      { a: rloo() },
      {
        ...options,
        chunk: 16,
        signal: controller.signal,
        onProgress: () => {
          if (++steps === 3) controller.abort(new Error("enough"));
        },
      },
    );
    await expect(ended).rejects.toThrow("enough");
    expect(steps).toBe(3);
  });

  test("lets others in", async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await diagnose(toy, { a: rloo() }, { ...options, samples: 5000, chunk: 1 });
    clearInterval(timer);
    expect(turns).toBeGreaterThan(2);
  });
});

describe("bad input", () => {
  const rejects = (run: () => Promise<unknown>, message: string | RegExp) => expect(run()).rejects.toThrow(message);
  const few = { key: key(1), samples: 4 };
  const good = { a: rloo() };

  test.each([
    ["no key", { samples: 4 }, /^key: expected a Key/],
    ["one sample", { ...few, samples: 1 }, "samples: expected an integer of 2 or more, got 1"],
    ["a confidence of 1", { ...few, confidence: 1 }, "confidence: expected a number above 0 and below 1, got 1"],
    [
      "a confidence in percent",
      { ...few, confidence: 99 },
      "confidence: expected a number above 0 and below 1, got 99",
    ],
    ["no chunk", { ...few, chunk: 0 }, "chunk: expected an integer of 1 or more, got 0"],
    ["another option", { ...few, seed: 1 }, /^options: expected no options but key, samples,/],
    ["no estimator of the truth", { ...few, truth: {} }, /^truth.estimator: expected an estimator, such as rloo\(\)/],
    [
      "a biased truth",
      { ...few, truth: { estimator: gumbelSoftmax() } },
      "truth.estimator: expected an unbiased estimator, got Gumbel-Softmax",
    ],
    [
      "a truth of one sample",
      { ...few, truth: { estimator: rloo(), samples: 1 } },
      "truth.samples: expected an integer of 2 or more, got 1",
    ],
  ])("%s", (_, given, message) => rejects(() => diagnose(toy, good, given as typeof few), message));

  test.each([
    ["none", {}, "estimators: expected an object of estimators by name, got none"],
    ["a function", { a: rloo }, /^estimators.a: expected an estimator, such as rloo\(\), or \{ estimator, samples \}/],
    ["nothing", { a: { estimator: undefined } }, /^estimators.a: expected an estimator/],
    [
      "too few samples",
      { a: { estimator: rloo(), samples: 1 } },
      "estimators.a.samples: expected an integer of 2 or more, got 1",
    ],
    ["another option", { a: { estimator: rloo(), sample: 2 } }, /^options: expected no options but estimator, samples/],
  ])("estimators: %s", (_, given, message) => rejects(() => diagnose(toy, given as typeof good, few), message));

  test.each([
    ["no loss", { parameters: { theta: [0] } }, /^problem: expected an object \{ parameters, loss \}/],
    ["no parameters", { ...toy, parameters: {} }, /^problem.parameters: expected an object of arrays or parameters/],
    ["a number", { ...toy, parameters: { theta: 1 } }, /^problem.parameters.theta: expected a Float32Array/],
    [
      "not finite",
      { ...toy, parameters: { theta: [0, Number.NaN] } },
      "problem.parameters.theta[1]: expected a finite number, got NaN",
    ],
    [
      "another shape",
      { ...toy, parameters: { theta: { shape: [2, 2], values: [1, 2, 3] } } },
      "problem.parameters.theta: expected the 4 elements of [2, 2], got 3",
    ],
    [
      "some of each",
      { ...toy, parameters: { theta: [0], w: parameter([1]) } },
      "problem.parameters: expected plain numbers only, or parameters only, got some of each",
    ],
    [
      "a loss of one number",
      { ...toy, loss: (...all: Parameters<typeof toy.loss>) => sum(toy.loss(...all)) },
      "loss: expected [16], one number for each repetition side by side (parameters are [16, ...shape]), got []",
    ],
    ["a loss that is no tensor", { ...toy, loss: () => 1 }, "loss: expected a tensor, got 1"],
  ])("problem: %s", (_, given, message) => rejects(() => diagnose(given as typeof toy, good, few), message));

  test("a disposed parameter", async () => {
    const gone = parameter([1]);
    gone.dispose();
    await rejects(() => diagnose({ parameters: { gone }, loss: ({ gone }) => sum(gone) }, good, few), /that is gone/);
  });
});
