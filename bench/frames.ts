/** npm run bench:frames: how long a fit keeps everything else waiting, as a page's frames would. */

import { parseArgs } from "node:util";
import { key, uniform } from "reparam";
import { Bernoulli, Normal, OneHotCategorical } from "reparam/distributions";
import { exp, linear, parameter, relu, type Tensor } from "reparam/graph";
import { type Fit, fit, guide, meanField, model } from "reparam/inference";
import { run } from "./command.ts";
import { thisMachine } from "./machine.ts";

const USAGE = `Usage: npm run bench:frames -- [--seconds N]

  --seconds N  how long each fit runs: 5 by default

Prints the longest time for which each fit let nothing else run, after its first second (in which engines compile), and fails when
that is above 16 ms, what a browser has for a frame.`;

const FRAME = 16;

/** A mixture of 8 Gaussians in 4 dimensions, 10 000 rows, 256 a step. */
function mixture(): Fit {
  const x = { values: uniform(key(1), 40_000), shape: [10_000, 4] };
  const [logits, loc, logScale] = [parameter([8]), parameter([8, 4], uniform(key(2), 32)), parameter([8, 4])];
  const gaussians = model(
    (p, { x }: { x: Tensor }) => {
      const z = p.local("z", new OneHotCategorical({ logits }));
      const of = (table: Tensor): Tensor => linear(z, table);
      p.observe("x", new Normal({ loc: of(loc), scale: exp(of(logScale)) }), x);
    },
    { parameters: { logits, loc, logScale } },
  );
  return fit(gaussians, meanField(gaussians, { x }), { x }, { key: key(3), steps: 1e6, every: 5, batch: 256 });
}

/** A sigmoid belief network of 784 pixels and 64 bits, 100 rows a step in chunks of 25. */
function network(): Fit {
  const bits = uniform(key(4), 784 * 1000).map((u) => Number(u < 0.2));
  const x = { values: bits, shape: [1000, 784] };
  const small = (seed: number, shape: readonly number[]): ReturnType<typeof parameter> => {
    const size = shape.reduce((so, n) => so * n, 1);
    return parameter(
      shape,
      uniform(key(seed), size).map((u) => (u - 0.5) / 10),
    );
  };
  const weights = { w: small(5, [784, 64]), b: small(6, [64]), v: small(7, [64, 784]), c: small(8, [784]) };
  const net = model(
    (p, { x }: { x: Tensor }) => {
      const z = p.local("z", new Bernoulli({ logits: new Float32Array(64) }));
      p.observe("x", new Bernoulli({ logits: linear(z, weights.v, weights.c) }), x);
    },
    { parameters: { v: weights.v, c: weights.c } },
  );
  const encoder = guide(
    ({ x }: { x: Tensor }) => ({ z: new Bernoulli({ logits: linear(relu(x), weights.w, weights.b) }) }),
    { parameters: { w: weights.w, b: weights.b } },
  );
  return fit(net, encoder, { x }, { key: key(9), steps: 1e6, every: 5, batch: 100, chunk: 25 });
}

/** Milliseconds between turns of everything else while a fit runs, the longest first; the first second is left out. */
async function gaps(fitting: Fit, seconds: number): Promise<{ readonly longest: number[]; readonly steps: number }> {
  const found: number[] = [];
  let last = performance.now();
  const began = last;
  let isOver = false;
  const watch = (): void => {
    const now = performance.now();
    if (now - began > 1000) found.push(now - last);
    last = now;
    if (!isOver) setImmediate(watch);
  };
  setImmediate(watch);
  const controller = setTimeout(() => {
    isOver = true;
  }, seconds * 1000);
  try {
    const steps = fitting[Symbol.asyncIterator]();
    while (!isOver) if ((await steps.next()).done) break;
  } finally {
    clearTimeout(controller);
    isOver = true;
    fitting.dispose();
  }
  return { longest: found.sort((a, b) => b - a), steps: fitting.step };
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { seconds: { type: "string" }, help: { type: "boolean" } } });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const seconds = Number(values.seconds ?? 5);
  const { cpu } = thisMachine();
  console.log(`Node ${process.version}, ${cpu}: milliseconds in which nothing else ran`);
  let isSlow = false;
  for (const [name, start] of Object.entries({ mixture, network })) {
    const { longest, steps } = await gaps(start(), seconds);
    const at = (share: number): string => (longest[Math.floor(longest.length * share)] ?? 0).toFixed(1);
    console.log(`${name}: longest ${at(0)}, of 1000 the longest ${at(0.001)}, median ${at(0.5)}; ${steps} steps`);
    isSlow ||= (longest[0] ?? 0) > FRAME;
  }
  if (isSlow) console.error(`Above ${FRAME} ms.`);
  return isSlow ? 1 : 0;
}

run("npm run bench:frames", main);
