import { ArgumentError, CheckpointError, describe } from "../core/index.ts";
import { crc32 } from "./crc32.ts";
import { Optimizer } from "./optimizers.ts";
import { sameShape, show } from "./shape.ts";
import { checkParameters, type Parameter, type Parameters } from "./tensor.ts";

/**
 * A checkpoint is one array of bytes, little-endian:
 *
 *   0       4        8          12             16
 *   | RPRM | version | checksum | header bytes | header: JSON, padded with spaces to 4 | f32 arrays |
 *
 * The checksum is the CRC-32 of everything after it. Arrays: the parameters in the header's order, then, in the same
 * order, the optimizer's slots of each.
 */
const MAGIC = 0x4d525052; // "RPRM"
const VERSION = 1;
const PREFIX = 16;

interface Header {
  readonly parameters: readonly { readonly name: string; readonly shape: readonly number[] }[];
  readonly optimizer: {
    readonly kind: string;
    readonly numbers: Record<string, number>;
    readonly slots: readonly string[];
  } | null;
  readonly extra: unknown;
}

/** What a checkpoint holds, or is loaded into. */
export interface Saved {
  /** By name: names and shapes have to be those that were saved. */
  readonly parameters: Parameters;
  /** Saved too when given: a run that is resumed then goes on with the same bits. */
  readonly optimizer?: Optimizer;
}

/** An array in wasm memory. */
interface Stored {
  readonly parameter: Parameter;
  readonly at: number;
}

/** What is stored, in the order of the names. */
function arraysOf({ parameters, optimizer }: Saved, names: readonly string[]): Stored[] {
  const named = names.map((name) => ({ name, parameter: parameters[name] as Parameter }));
  const values = named.map(({ parameter }) => ({ parameter, at: parameter.at }));
  if (!optimizer) return values;
  const slots = named.flatMap(({ name, parameter }) =>
    Object.values(slotsOf(optimizer, name, parameter)).map((at) => ({ parameter, at })),
  );
  return [...values, ...slots];
}

function slotsOf(optimizer: Optimizer, name: string, parameter: Parameter): Readonly<Record<string, number>> {
  optimizer.check();
  const entry = optimizer.entries.find((candidate) => candidate.name === name && candidate.parameter === parameter);
  if (entry) return entry.slots;
  throw new ArgumentError(
    "optimizer",
    `an optimizer of these parameters, "${name}" among them`,
    `one of ${optimizer.entries.map((e) => e.name).join(", ")}`,
  );
}

function headerOf({ parameters, optimizer }: Saved, extra: unknown): Header {
  const named = checkParameters(parameters);
  const slots = optimizer ? named.map(([name, parameter]) => Object.keys(slotsOf(optimizer, name, parameter))) : [];
  return {
    parameters: named.map(([name, { shape }]) => ({ name, shape })),
    optimizer: optimizer ? { kind: optimizer.kind, numbers: optimizer.numbers(), slots: slots[0] as string[] } : null,
    extra: extra ?? null,
  };
}

function checkSaved(saved: Saved): Saved {
  const { optimizer } = (saved ?? {}) as Partial<Saved>;
  if (optimizer !== undefined && !(optimizer instanceof Optimizer))
    throw new ArgumentError("optimizer", "an optimizer, from adam() or sgd()", describe(optimizer));
  return saved ?? {};
}

const floatsOf = (arrays: readonly Stored[]): number => arrays.reduce((sum, { parameter }) => sum + parameter.size, 0);

/**
 * Parameters, optimizer state and any JSON value (`extra`: the step, settings, running sums) as bytes. As in JSON, a number
 * in `extra` that is not finite becomes null.
 * Loading them gives exactly the same bits back.
 *
 * @throws ArgumentError (an `extra` that JSON cannot hold, an optimizer of other parameters), DisposedError
 */
export function saveCheckpoint(content: Saved & { readonly extra?: unknown }): Uint8Array {
  const { extra, ...saved } = content ?? {};
  const described = headerOf(checkSaved(saved), extra);
  const json = toJson(described);
  const unpadded = new TextEncoder().encode(json);
  const header = new TextEncoder().encode(json + " ".repeat(-unpadded.length & 3));
  const arrays = arraysOf(saved, namesOf(described));
  const bytes = new Uint8Array(PREFIX + header.length + 4 * floatsOf(arrays));
  bytes.set(header, PREFIX);
  const values = new Float32Array(bytes.buffer, PREFIX + header.length);
  let done = 0;
  for (const { parameter, at } of arrays) {
    values.set(parameter.core.view(at, parameter.size), done);
    done += parameter.size;
  }
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, VERSION, true);
  view.setUint32(12, header.length, true);
  view.setUint32(8, crc32(bytes.subarray(12)), true);
  return bytes;
}

/**
 * Puts a checkpoint back into the given parameters (and optimizer). Everything is verified before anything is written:
 * after an error they are as they were. Without an optimizer only the parameters are read, as for a model in use.
 *
 * @returns the `extra` that was saved
 * @throws CheckpointError when the bytes are damaged or belong to other parameters or another optimizer
 */
export function loadCheckpoint(bytes: Uint8Array, saved: Saved): unknown {
  const { header, values } = parse(bytes);
  checkMatch(header, headerOf(checkSaved(saved), null));
  const arrays = arraysOf(saved, namesOf(header));
  const expected = floatsOf(arraysOf({ parameters: saved.parameters }, namesOf(header)));
  const total = expected * (1 + (header.optimizer?.slots.length ?? 0));
  if (values.length !== total) throw new CheckpointError("bytes", `${total} numbers`, String(values.length));
  let done = 0;
  for (const { parameter, at } of arrays) {
    parameter.core.floats.set(values.subarray(done, done + parameter.size), at >>> 2);
    done += parameter.size;
  }
  if (header.optimizer) saved.optimizer?.restore(header.optimizer.numbers);
  return header.extra;
}

const namesOf = ({ parameters }: Header): string[] => parameters.map(({ name }) => name);

function parse(bytes: Uint8Array): { header: Header; values: Float32Array } {
  if (!ArrayBuffer.isView(bytes) || bytes.BYTES_PER_ELEMENT !== 1)
    throw new ArgumentError("bytes", "a Uint8Array", describe(bytes));
  if (bytes.length < PREFIX)
    throw new CheckpointError("bytes", `a checkpoint of at least ${PREFIX} bytes`, `${bytes.length} bytes`);
  const copy = new Uint8Array(bytes); // aligned, and nobody changes it meanwhile (Buffer.slice would share)
  const view = new DataView(copy.buffer);
  if (view.getUint32(0, true) !== MAGIC)
    throw new CheckpointError("bytes", "a checkpoint, starting with RPRM", "something else");
  if (view.getUint32(4, true) !== VERSION)
    throw new CheckpointError("bytes", `a checkpoint of version ${VERSION}`, `version ${view.getUint32(4, true)}`);
  const length = view.getUint32(12, true);
  if (
    view.getUint32(8, true) !== crc32(copy.subarray(12)) ||
    length % 4 !== 0 ||
    PREFIX + length > copy.length ||
    copy.length % 4 !== 0
  )
    throw new CheckpointError("bytes", "an undamaged checkpoint", "one whose checksum is wrong: it was cut or changed");
  const header = parseHeader(new TextDecoder().decode(copy.subarray(PREFIX, PREFIX + length)));
  return { header, values: new Float32Array(copy.buffer, PREFIX + length) };
}

function toJson(header: Header): string {
  try {
    if (JSON.stringify(header.extra) === undefined) throw new TypeError(describe(header.extra));
    return JSON.stringify(header);
  } catch (cause) {
    throw new ArgumentError("extra", "a value that JSON can hold", (cause as Error).message);
  }
}

/** A right checksum does not make a right header: somebody else may have written it. */
function parseHeader(json: string): Header {
  try {
    const header = JSON.parse(json) as Header;
    const { parameters, optimizer } = header;
    const named = parameters.every(({ name, shape }) => typeof name === "string" && shape.every(Number.isSafeInteger));
    const numbered = optimizer === null || Object.values(optimizer.numbers).every(Number.isFinite);
    if (named && numbered && (optimizer === null || Array.isArray(optimizer.slots))) return header;
  } catch {
    // Not JSON, or not of that structure: refused below.
  }
  throw new CheckpointError("bytes", "a header that lists parameters and an optimizer", "something else");
}

function checkMatch(found: Header, wanted: Header): void {
  const list = ({ parameters }: Header): string =>
    parameters.map(({ name, shape }) => `${name} ${show(shape)}`).join(", ");
  const matches =
    found.parameters.length === wanted.parameters.length &&
    wanted.parameters.every(({ name, shape }) =>
      found.parameters.some((other) => other.name === name && sameShape(other.shape, shape)),
    );
  if (!matches) throw new CheckpointError("parameters", `those of the checkpoint: ${list(found)}`, list(wanted));
  if (wanted.optimizer === null) return;
  const kind = ({ optimizer }: Header): string =>
    optimizer ? `${optimizer.kind} (${[...Object.keys(optimizer.numbers), ...optimizer.slots].join(", ")})` : "none";
  if (kind(found) !== kind(wanted))
    throw new CheckpointError("optimizer", `that of the checkpoint: ${kind(found)}`, kind(wanted));
}
