/** stdlib has the noise, into a given array, and nothing else of the list. */
import { createRequire } from "node:module";
import gumbel from "@stdlib/random-array-gumbel";
import normal from "@stdlib/random-array-normal";
import type { Work } from "../work.ts";
import { type Prepared, serve } from "./serve.ts";

type Fill = (location: number, scale: number, out: Float32Array) => Float32Array;

const noise =
  (label: string, fill: Fill) =>
  ({ cols }: Work): Prepared => {
    const out = new Float32Array(cols);
    const run = () => fill(0, 1, out);
    return { methods: [{ label, run, result: run }] };
  };

const { version } = createRequire(import.meta.url)("@stdlib/random-array-gumbel/package.json") as { version: string };

serve(
  { versions: { "@stdlib/random-array-gumbel": version } },
  { gumbel: noise("gumbel.assign", gumbel.assign), normal: noise("normal.assign", normal.assign) },
);
