import { MessageError } from "../../core/index.ts";
import type { Data } from "../shards/wire.ts";
import { Moments, type MomentsState } from "./moments.ts";

/** Of the moments of a shard: five numbers of 256 digits at most, and their names. */
export const BYTES_OF_MOMENTS = 4096;

/** @throws MessageError for what are no moments of so many samples, `each` together */
export function momentsFromData(data: Data | undefined, samples: number, each = 1): MomentsState {
  const state = data as MomentsState;
  try {
    new Moments(each).merge(state);
  } catch (error) {
    throw Object.assign(new MessageError("partial", "moments of samples", (error as Error).message), { cause: error });
  }
  if (state.units * each === samples) return state;
  throw new MessageError("partial", `moments of ${samples} samples`, `those of ${state.units * each}`);
}
