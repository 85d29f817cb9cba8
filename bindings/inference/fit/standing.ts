import { CheckpointError } from "../../core/index.ts";
import type { Key } from "../../random/index.ts";
import type { State } from "../memory.ts";
import type { WindowState } from "./window.ts";

/** What a checkpoint of a fit says beside parameters and optimizer: plain data. */
export interface Standing {
  readonly version: 1;
  readonly step: number;
  readonly key: Key;
  readonly rows: number;
  readonly batch: number;
  readonly window: WindowState;
  readonly memories: Readonly<Record<string, State>>;
  readonly hasEnded: boolean;
}

/** What a fit has to have in common with the one it goes on from. */
interface Common {
  readonly key: Key;
  readonly rows: number;
  readonly batch: number;
  /** In all: no fewer than were taken. */
  readonly steps: number;
}

/** @throws CheckpointError */
export function checkStanding(extra: unknown, { key, rows, batch, steps }: Common): Standing {
  const given = extra as Standing | null;
  if (given?.version !== 1 || given.window === undefined)
    throw new CheckpointError("resume", "a checkpoint of a fit", "one of something else");
  if (given.key.hi !== key.hi || given.key.lo !== key.lo)
    throw new CheckpointError("resume", "a checkpoint of a fit with the same key", "one of another key");
  if (given.rows !== rows || given.batch !== batch)
    throw new CheckpointError(
      "resume",
      `a checkpoint of a fit of ${rows} rows in batches of ${batch}`,
      `one of ${given.rows} in batches of ${given.batch}`,
    );
  if (given.step > steps)
    throw new CheckpointError("resume", `a checkpoint of ${steps} steps at most`, String(given.step));
  return given;
}
