import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Block, short } from "./blocks.ts";

/** What this page takes from the results of examples/discrete-vae. */
interface VaeResults {
  readonly runs: readonly {
    readonly latent: string;
    readonly estimator: string;
    readonly samples: number;
    readonly evaluations: number;
    readonly checkpoints: readonly { readonly step: number; readonly test: number; readonly noise: number }[];
  }[];
  readonly compared: readonly {
    readonly latent: string;
    readonly estimator: string;
    readonly step: number;
    readonly noise: number;
    readonly cosine: number;
    readonly bias: number;
    readonly floor: number;
  }[];
}

/** The squared mean is estimated without bias, and comes out below 0 where it is lost in the noise. */
const ratio = (noise: number): string => (noise > 0 ? short(noise) : "not resolved");

const path = fileURLToPath(new URL("../discrete-vae/results.json", import.meta.url));

/** A table for each kind of code, of the results that examples/discrete-vae has stored; it trains nothing. */
export function vaeSection(): Block[] {
  if (!existsSync(path)) return [{ type: "text", text: "There are no results of examples/discrete-vae yet." }];
  const { runs, compared } = JSON.parse(readFileSync(path, "utf8")) as VaeResults;
  return [...new Set(runs.map(({ latent }) => latent))].flatMap((latent): Block[] => {
    const last = Math.max(...compared.filter((each) => each.latent === latent).map(({ step }) => step));
    return [
      {
        type: "table",
        head: [
          `${latent} codes`,
          "samples",
          "evaluations",
          "−ELBO, test",
          "variance / ‖E g‖² in its own run",
          "at equal parameters",
          "relative bias",
          "cosine",
        ],
        rows: runs
          .filter((run) => run.latent === latent)
          .map((run) => {
            const end = run.checkpoints.at(-1);
            const beside = compared.find(
              (each) => each.latent === latent && each.estimator === run.estimator && each.step === last,
            );
            return [
              `\`${run.estimator}\``,
              String(run.samples),
              String(run.evaluations),
              end?.test.toFixed(1) ?? "",
              end ? ratio(end.noise) : "",
              ...(beside
                ? [
                    ratio(beside.noise),
                    beside.bias > 0 ? short(beside.bias) : `none above ${short(beside.floor)}`,
                    beside.cosine.toFixed(2),
                  ]
                : ["", "", ""]),
            ];
          }),
      },
    ];
  });
}
