import { key } from "reparam";
import { type Expectation, expectation } from "reparam/inference";
import { threads } from "reparam/parallel/threads";
import { coins } from "../scaling/work.mjs";
import type { Start } from "./contestant.ts";

/** Of three bits, with as many draws a round. */
export const expectationOf =
  (samples: number): Start =>
  async (workers) => {
    const module = new URL("../scaling/work.mjs", import.meta.url);
    const executor = workers === 0 ? undefined : await threads({ module, workers });
    const { cost, distribution } = coins();
    const found: Expectation[] = [];
    return {
      workers,
      async round() {
        const options = { key: key(found.length), samples, ...(executor && { executor }) };
        found.push(await expectation(cost, distribution, options));
      },
      result: () => JSON.stringify(found.map(({ value, standardError }) => [value, standardError])),
      end: async () => executor?.dispose(),
    };
  };
