import { bits, exponential, gumbel, logistic, normal, uniform } from "reparam";
import * as js from "../baseline/index.ts";
import { noise } from "../data.ts";
import * as naive from "../naive.ts";
import type { Case } from "./case.ts";

const LENGTH = 1 << 20;

const shape = { group: "Noise", size: "1M", via: "reparam", elements: LENGTH } as const;

const floats: readonly [typeof gumbel, (out: Float32Array) => void, (n: number) => number[], baseline: string][] = [
  [uniform, js.uniform, naive.uniform, "xoshiro128**"],
  [exponential, js.exponential, naive.exponential, "-log u"],
  [gumbel, js.gumbel, naive.gumbel, "-log -log u"],
  [logistic, js.logistic, naive.logistic, "log(u / (1 - u))"],
  [normal, js.normal, naive.normal, "Box-Muller, both outputs"],
];

export const noiseCases: readonly Case[] = [
  {
    ...shape,
    name: "bits",
    baseline: "xoshiro128**",
    prepare: () => {
      const out = new Uint32Array(LENGTH);
      return {
        ours: () => bits(noise, LENGTH, { out }),
        baseline: () => js.bits(out),
        naive: () => naive.bits(LENGTH),
      };
    },
  },
  ...floats.map(
    ([ours, plain, pasted, baseline]): Case => ({
      ...shape,
      name: ours.name,
      baseline,
      prepare: () => {
        const out = new Float32Array(LENGTH);
        return {
          ours: () => ours(noise, LENGTH, { out }),
          baseline: () => plain(out),
          naive: () => pasted(LENGTH),
        };
      },
    }),
  ),
];
