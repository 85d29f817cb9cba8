import { readBody } from "./body.ts";
import { MAX_BINARY_BYTES, MAX_JSON_BYTES, MAX_LOGITS } from "./limits.ts";
import { invalid, Problem } from "./problem.ts";

export interface Input {
  /** Belongs to the request: it may be written to. */
  readonly logits: Float32Array;
  /** Everything else, not yet checked. */
  readonly fields: Readonly<Record<string, unknown>>;
}

const BINARY = "application/octet-stream";
const JSON_TYPE = "application/json";

export async function readInput(request: Request, query: URLSearchParams): Promise<Input> {
  const encoding = request.headers.get("content-encoding") ?? "identity";
  if (encoding !== "identity")
    throw new Problem(415, "content-encoding", `expected a body that is not compressed, received ${encoding}`);
  const header = request.headers.get("content-type");
  const type = header?.split(";", 1)[0]?.trim().toLowerCase();
  if (type === BINARY)
    return { fields: fromQuery(query), logits: fromBytes(await readBody(request, MAX_BINARY_BYTES)) };
  if (type === JSON_TYPE) return fromJson(await readBody(request, MAX_JSON_BYTES), query);
  const accepted = `${JSON_TYPE} or ${BINARY}`;
  throw new Problem(415, "content-type", `expected ${accepted}, received ${header ?? "none"}`, { accept: accepted });
}

/** Little-endian, as every machine with a WebAssembly engine that this runs on. */
function fromBytes(bytes: ArrayBuffer): Float32Array {
  if (bytes.byteLength % 4 !== 0)
    throw new Problem(400, "body", `expected a whole number of 4-byte floats, received ${bytes.byteLength} bytes`);
  return checkCount(new Float32Array(bytes));
}

const NUMBER = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;

/** Numbers as numbers; a seed stays text when a number would round it. */
function fromQuery(query: URLSearchParams): Record<string, unknown> {
  const fields: Record<string, unknown> = Object.create(null);
  for (const [name, text] of query) {
    if (name in fields) throw new Problem(400, name, "expected once, received twice");
    const value = NUMBER.test(text) ? Number(text) : text;
    fields[name] = name === "seed" && !Number.isSafeInteger(value) ? text : value;
  }
  return fields;
}

function fromJson(bytes: ArrayBuffer, query: URLSearchParams): Input {
  for (const [name] of query)
    throw new Problem(400, name, "in the query of a JSON request; expected among the fields of the body");
  const value = parse(bytes);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw invalid("body", "a JSON object", value);
  const { logits, ...fields } = value as Record<string, unknown>;
  return { logits: fromNumbers(logits), fields };
}

function parse(bytes: ArrayBuffer): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw new Problem(400, "body", `expected JSON in UTF-8: ${(error as Error).message}`);
  }
}

function fromNumbers(values: unknown): Float32Array {
  if (!Array.isArray(values)) throw invalid("logits", "an array of numbers", values);
  const logits = checkCount(values);
  const floats = new Float32Array(logits.length);
  for (let i = 0; i < floats.length; i++) {
    const value = logits[i];
    if (typeof value === "number") floats[i] = value;
    else if (value === "-Infinity") floats[i] = -Infinity;
    // Not null for -Infinity: JSON.stringify writes it for NaN too.
    else throw invalid(`logits[${i}]`, 'a number, or the string "-Infinity" for a token never drawn', value);
  }
  return floats;
}

function checkCount<T extends ArrayLike<unknown>>(logits: T): T {
  if (logits.length === 0) throw new Problem(400, "logits", "expected at least one, received none");
  if (logits.length > MAX_LOGITS)
    throw new Problem(413, "logits", `expected at most ${MAX_LOGITS}, received ${logits.length}`);
  return logits;
}
