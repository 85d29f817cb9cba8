import { readFileSync } from "node:fs";
import { ArgumentError, CheckpointError } from "reparam";
import { loadCheckpoint, saveCheckpoint } from "reparam/graph";
import { defaults, flagOf, type Settings } from "./options.ts";
import { createState, disposeState, type Progress, type State } from "./state.ts";

/** Tells a checkpoint of this program from another one with parameters of the same names and shapes. */
const PROGRAM = "reparam/examples/mnist-vae 1";

interface Extra {
  program: typeof PROGRAM;
  /** Before there were pieces a batch was one. */
  settings: Omit<Settings, "piece"> & Partial<Settings>;
  progress: Progress;
}

/** Parameters, Adam's moments, settings and progress as the bytes of one file; no times, so equal runs give equal bytes. */
export function encodeState({ parameters, optimizer, settings, progress }: State): Uint8Array {
  const extra: Extra = { program: PROGRAM, settings, progress };
  return saveCheckpoint({ parameters, optimizer, extra });
}

/**
 * The state saved in the file, to be continued with the settings it was started with; only `epochs` may be given anew.
 * @throws CheckpointError when the bytes are damaged or of another program; ArgumentError naming the flag when the file cannot be
 *   read or a given setting differs.
 */
export function restoreState(path: string, given: Partial<Settings>, folder?: string): State {
  const bytes = readCheckpoint(path);
  const settings = settingsOf(bytes, path);
  for (const name of Object.keys(given) as (keyof Settings)[]) {
    if (name !== "epochs") checkSame(name, settings[name], given[name]);
  }
  const state = createState({ ...settings, ...given }, folder);
  return { ...state, progress: load(bytes, state, path).progress };
}

/** The settings of the file: the state it is to be loaded into is made of them. */
function settingsOf(bytes: Uint8Array, path: string): Settings {
  const any = createState(defaults);
  try {
    const { settings } = load(bytes, any, path);
    return { ...settings, piece: settings.piece ?? settings.batch };
  } finally {
    disposeState(any);
  }
}

/**
 * A run can go on only from where it is, with images as many as it began with.
 * @throws ArgumentError naming --epochs or --resume.
 */
export function checkContinuable({ settings, progress }: State, images: number): void {
  if (progress.images !== images) {
    throw new ArgumentError("--resume", `a run on ${images} training images`, `one on ${progress.images}`);
  }
  const begun = Math.ceil(progress.step / Math.ceil(images / settings.batch));
  if (settings.epochs < begun) {
    throw new ArgumentError(
      flagOf.epochs,
      `at least ${begun}, the epochs this checkpoint has begun`,
      String(settings.epochs),
    );
  }
}

function load(bytes: Uint8Array, state: State, path: string): Extra {
  try {
    const extra = loadCheckpoint(bytes, state) as Partial<Extra> | null;
    if (extra?.program === PROGRAM) return extra as Extra;
    throw new CheckpointError("extra", "a checkpoint of examples/mnist-vae", "one of another program");
  } catch (error) {
    if (!(error instanceof CheckpointError)) throw error;
    // The person at the command line gave a file, not bytes.
    throw new CheckpointError("--resume", error.expected, `${path}: ${error.received}`);
  }
}

function checkSame<T>(name: keyof Settings, saved: T, given: T): void {
  if (given !== saved) throw new ArgumentError(flagOf[name], `${saved}, the value of the checkpoint`, String(given));
}

function readCheckpoint(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new ArgumentError(
      "--resume",
      "a checkpoint that can be read",
      `${path} (${(error as NodeJS.ErrnoException).code})`,
    );
  }
}
