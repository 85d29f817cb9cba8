import { ArgumentError, CheckpointError, describe } from "../core/index.ts";
import type { Optimizer } from "./optimizers.ts";
import { sameShape, show } from "./shape.ts";
import { checkParameters, type Parameter, type Parameters } from "./tensor.ts";

/**
 * A checkpoint is one array of bytes, little-endian:
 *
 *   0       4        8          12             16
 *   | RPRM | version | checksum | header bytes | header: JSON, padded with spaces to 4 | f32 arrays, in the header's order |
 *
 * The checksum is the CRC-32 of everything after it. Arrays: each parameter, followed by its optimizer slots.
 */
const MAGIC = 0x4d525052; // "RPRM"
const VERSION = 1;
const PREFIX = 16;

interface Header {
  readonly parameters: readonly { readonly name: string; readonly shape: readonly number[] }[];
  readonly optimizer: { readonly kind: string; readonly numbers: Record<string, number> } | null;
  readonly extra: unknown;
}

export interface Saved {
  readonly parameters: Parameters;
  /** Saved too when given: a run that is resumed then goes on with the same bits. */
  readonly optimizer?: Optimizer;
}

interface Stored {
  readonly parameter: Parameter;
  readonly at: number;
}

/** What is stored, in order: each parameter, followed by its optimizer slots. */
function arraysOf({ parameters, optimizer }: Saved): Stored[] {
  return checkParameters(parameters).flatMap(([name, parameter]) => {
    const slots = optimizer ? slotsOf(optimizer, name, parameter) : {};
    return [parameter.at, ...Object.values(slots)].map((at) => ({ parameter, at }));
  });
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
  return {
    parameters: named.map(([name, { shape }]) => ({ name, shape })),
    optimizer: optimizer ? { kind: optimizer.kind, numbers: optimizer.numbers() } : null,
    extra: extra ?? null,
  };
}

/**
 * Parameters, optimizer state and any JSON value (`extra`: the step, settings, running sums) as bytes.
 * Loading them gives exactly the same bits back.
 */
export function saveCheckpoint({ extra, ...saved }: Saved & { readonly extra?: unknown }): Uint8Array {
  const json = toJson(headerOf(saved, extra));
  const unpadded = new TextEncoder().encode(json);
  const header = new TextEncoder().encode(json + " ".repeat(-unpadded.length & 3));
  const arrays = arraysOf(saved);
  const floats = arrays.reduce((sum, { parameter }) => sum + parameter.size, 0);
  const bytes = new Uint8Array(PREFIX + header.length + 4 * floats);
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
 * after an error they are as they were.
 *
 * @returns the `extra` that was saved
 * @throws CheckpointError when the bytes are damaged or belong to other parameters or another optimizer
 */
export function loadCheckpoint(bytes: Uint8Array, saved: Saved): unknown {
  const { header, values } = parse(bytes);
  const arrays = arraysOf(saved);
  checkMatch(header, headerOf(saved, null));
  const floats = arrays.reduce((sum, { parameter }) => sum + parameter.size, 0);
  if (values.length !== floats) throw new CheckpointError("bytes", `${floats} numbers`, String(values.length));
  let done = 0;
  for (const { parameter, at } of arrays) {
    parameter.core.floats.set(values.subarray(done, done + parameter.size), at >>> 2);
    done += parameter.size;
  }
  if (header.optimizer) saved.optimizer?.restore(header.optimizer.numbers);
  return header.extra;
}

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
    if (named && numbered) return header;
  } catch {
    // Not JSON, or not of that structure: refused below.
  }
  throw new CheckpointError("bytes", "a header that lists parameters and an optimizer", "something else");
}

function checkMatch(found: Header, wanted: Header): void {
  const list = (header: Header): string =>
    header.parameters.map(({ name, shape }) => `${name} ${show(shape)}`).join(", ");
  const matches =
    found.parameters.length === wanted.parameters.length &&
    found.parameters.every(
      ({ name, shape }, i) =>
        name === wanted.parameters[i]?.name && sameShape(shape, wanted.parameters[i]?.shape ?? []),
    );
  if (!matches) throw new CheckpointError("parameters", `those of the checkpoint: ${list(found)}`, list(wanted));
  const kind = ({ optimizer }: Header): string =>
    optimizer ? `${optimizer.kind} (${Object.keys(optimizer.numbers).join(", ")})` : "no optimizer";
  if (kind(found) !== kind(wanted))
    throw new CheckpointError("optimizer", `that of the checkpoint: ${kind(found)}`, kind(wanted));
}

/** CRC-32 (ISO 3309, reflected polynomial 0xedb88320), bit by bit over a table of 256. */
function crc32(bytes: Uint8Array): number {
  let crc = ~0;
  for (let i = 0; i < bytes.length; i++) crc = (TABLE[(crc ^ (bytes[i] as number)) & 255] as number) ^ (crc >>> 8);
  return ~crc >>> 0;
}

const TABLE = /* @__PURE__ */ Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (0xedb88320 & -(crc & 1));
  return crc;
});
