import { performer } from "../../inference/extend.ts";
import type { Errand, Refusal } from "./hand.ts";

/** The worker's side of a pool: answers errands, one at a time. */
export class Desk {
  readonly #performer = performer();
  #map: number | undefined;
  #common: Uint8Array = new Uint8Array();
  #flag: Int32Array | undefined;
  #cancelled: number | undefined;

  async answer({ map, common, flag, shard }: Errand): Promise<Uint8Array | Refusal> {
    try {
      if (map !== this.#map && common === undefined) throw new Error(`nothing is known of map ${map}`);
      if (common !== undefined) {
        this.#map = map;
        // Out of shared memory, once for all shards of a map: not all engines decode text in it.
        this.#common = common instanceof Uint8Array ? common : new Uint8Array(common).slice();
        this.#flag = flag && new Int32Array(flag);
      }
      return await this.#performer.perform(this.#common, shard, { throwIfAborted: () => this.#throwIfCancelled(map) });
    } catch (error) {
      const { name, message } = error instanceof Error ? error : { name: "Error", message: String(error) };
      return { name, message };
    }
  }

  cancel(map: number): void {
    this.#cancelled = map;
  }

  #throwIfCancelled(map: number): void {
    if (this.#cancelled === map || (this.#map === map && this.#flag && Atomics.load(this.#flag, 0) === 1))
      throw Object.assign(new Error("the run was cancelled"), { name: "AbortError" });
  }
}
