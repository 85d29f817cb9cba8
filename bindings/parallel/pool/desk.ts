import { performer } from "../../inference/extend.ts";
import type { Answers, Errand, Refusal } from "./hand.ts";
import { isShared, roomFor } from "./rooms.ts";

/** The worker's side of a pool: answers errands, one at a time. */
export class Desk {
  readonly #performer = performer();
  #map: number | undefined;
  /** A copy of what is in shared memory: not all engines decode text there. */
  #common: Uint8Array = new Uint8Array();
  #flag: Int32Array | undefined;
  #cancelled: number | undefined;

  async answer(errand: Errand): Promise<Answers> {
    const { map, common, flag, shards } = errand;
    if (common !== undefined) {
      this.#map = map;
      this.#common = isShared(common) ? this.#copyOf(common) : common;
      this.#flag = flag && new Int32Array(flag);
    }
    const answers: (Uint8Array | Refusal)[] = [];
    for (const shard of shards) answers.push(await this.#partial(errand, shard));
    return answers;
  }

  async #partial({ map, room }: Errand, shard: Uint8Array): Promise<Uint8Array | Refusal> {
    try {
      if (map !== this.#map) throw new Error(`nothing is known of map ${map}`);
      const signal = { throwIfAborted: () => this.#throwIfCancelled(map) };
      return await this.#performer.perform(this.#common, shard, signal, room && ((bytes) => roomFor(bytes, room)));
    } catch (error) {
      const { name, message } = error instanceof Error ? error : { name: "Error", message: String(error) };
      return { name, message };
    }
  }

  /** Once for all shards of a map, and where the one before was. */
  #copyOf(common: Uint8Array): Uint8Array {
    const { buffer } = this.#common;
    const size = common.buffer.byteLength;
    const copy = new Uint8Array(buffer.byteLength < size ? new ArrayBuffer(size) : buffer, 0, common.length);
    copy.set(common);
    return copy;
  }

  cancel(map: number): void {
    this.#cancelled = map;
  }

  #throwIfCancelled(map: number): void {
    if (this.#cancelled === map || (this.#map === map && this.#flag && Atomics.load(this.#flag, 0) === 1))
      throw Object.assign(new Error("the run was cancelled"), { name: "AbortError" });
  }
}
