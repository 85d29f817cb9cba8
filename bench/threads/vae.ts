import { createHash } from "node:crypto";
import type { Parameter } from "reparam/graph";
import { createExecutor } from "../../examples/mnist-vae/executor.ts";
import { defaults } from "../../examples/mnist-vae/options.ts";
import { createState, disposeState } from "../../examples/mnist-vae/state.ts";
import { train } from "../../examples/mnist-vae/train.ts";
import type { Start } from "./contestant.ts";

/** Training steps of the main job. */
export const vaeOf =
  (batch: number, piece: number): Start =>
  async (workers) => {
    const threads = workers === 0 ? undefined : workers;
    const executor = await createExecutor({ workers: threads, redis: undefined, queue: undefined });
    const state = createState({ ...defaults, batch, piece, epochs: 10_000 });
    const events = train(state, state.work.images(), { executor });
    return {
      workers,
      async round() {
        await events.next();
      },
      result() {
        const hash = createHash("sha256");
        for (const each of Object.values<Parameter>(state.parameters)) hash.update(each.toArray());
        return hash.digest("hex");
      },
      async end() {
        await events.return(undefined);
        await executor?.dispose();
        disposeState(state);
      },
    };
  };
