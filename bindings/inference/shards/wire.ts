import { ArgumentError, describe, MessageError } from "../../core/index.ts";

/** Numbers, texts, typed arrays, and arrays and objects of them: what a message can hold. */
export type Data =
  | null
  | boolean
  | number
  | string
  | Typed
  | readonly Data[]
  | { readonly [name: string]: Data | undefined };

/** Arrays that travel as they are. */
export type Typed = Uint8Array | Int32Array | Uint32Array | Float32Array | Float64Array;

const ARRAYS = { u8: Uint8Array, i32: Int32Array, u32: Uint32Array, f32: Float32Array, f64: Float64Array };
type Code = keyof typeof ARRAYS;
const codeOf = (value: unknown): Code | undefined =>
  ArrayBuffer.isView(value)
    ? (Object.keys(ARRAYS) as Code[]).find(
        (code) => Object.prototype.toString.call(value) === `[object ${ARRAYS[code].name}]`,
      )
    : undefined;

/**
 * A message is one array of bytes, little-endian:
 *
 *   0       4         6         8          12             16
 *   | RPMS | version | isLocal | checksum | header bytes | header: JSON, padded with spaces to 8 | arrays, each padded with 0 to 8 |
 *
 * The checksum is of everything after it, or, in a message that does not leave the process, of the header: it finds accidents, and nothing
 * that someone wrote on purpose. In the header arrays are { "$": [type, length] }, in the order of their places, and numbers that JSON has
 * not are { "$": "NaN" } and the like.
 */
const MAGIC = 0x534d5052; // "RPMS"
export const VERSION = 1;
const PREFIX = 16;
/** Of JSON: structures that are deeper are no messages of ours, and would overflow the stack of whoever reads them. */
const DEEPEST = 32;

const padded = (length: number): number => Math.ceil(length / 8) * 8;

/**
 * @param take memory that the message does not leave this process in, on a multiple of 8: fresh memory for one that may, by default
 * @throws ArgumentError for what is no data: functions, class instances, cycles
 */
export function encode(data: Data, take?: (bytes: number) => Uint8Array): Uint8Array {
  const arrays: Typed[] = [];
  const header = new TextEncoder().encode(JSON.stringify(plain("data", data, arrays, 0)));
  const headerBytes = padded(header.length);
  const size = arrays.reduce((sum, { byteLength }) => sum + padded(byteLength), PREFIX + headerBytes);
  const bytes = take ? take(size) : new Uint8Array(size);
  bytes.fill(32, PREFIX, PREFIX + headerBytes);
  bytes.set(header, PREFIX);
  let at = PREFIX + headerBytes;
  for (const { buffer, byteOffset, byteLength } of arrays) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    bytes.fill(0, at + byteLength, at + padded(byteLength));
    at += padded(byteLength);
  }
  const prefix = new DataView(bytes.buffer, bytes.byteOffset, PREFIX);
  prefix.setUint32(0, MAGIC, true);
  prefix.setUint16(4, VERSION, true);
  prefix.setUint16(6, take ? 1 : 0, true);
  prefix.setUint32(12, headerBytes, true);
  prefix.setUint32(8, checksum(summedOf(bytes, take !== undefined, headerBytes)), true);
  return bytes;
}

const summedOf = (bytes: Uint8Array, isLocal: boolean, headerBytes: number): Uint8Array =>
  bytes.subarray(12, isLocal ? PREFIX + headerBytes : bytes.length);

/**
 * Arrays are views of the bytes, where these lie on multiples of 8. Nothing is evaluated, and no more memory taken than the message has.
 *
 * @throws MessageError for what is no such message, is of another version, cut short or damaged
 */
export function decode(bytes: Uint8Array, name = "message"): Data {
  const refuse = (expected: string, received: string): never => {
    throw new MessageError(name, expected, received);
  };
  if (Object.prototype.toString.call(bytes) !== "[object Uint8Array]") return refuse("a Uint8Array", describe(bytes));
  if (bytes.length < PREFIX) return refuse(`${PREFIX} bytes or more`, `${bytes.length}`);
  const aligned = bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
  const prefix = new DataView(aligned.buffer, aligned.byteOffset, PREFIX);
  if (prefix.getUint32(0, true) !== MAGIC) return refuse("a message of reparam", "bytes of something else");
  const version = prefix.getUint16(4, true);
  const isLocal = prefix.getUint16(6, true);
  if (version !== VERSION) return refuse(`version ${VERSION} of messages`, `version ${version}`);
  if (isLocal > 1) return refuse("0 or 1 for whether it is local", `${isLocal}`);
  const headerBytes = prefix.getUint32(12, true);
  if (headerBytes % 8 !== 0 || PREFIX + headerBytes > aligned.length)
    return refuse(`a header of ${headerBytes} bytes`, `${aligned.length - PREFIX} in all: cut short`);
  if (prefix.getUint32(8, true) !== checksum(summedOf(aligned, isLocal === 1, headerBytes)))
    return refuse("bytes as they were sent", "others: cut short or damaged");
  // A copy: not all engines decode text in shared memory.
  const text = new TextDecoder().decode(new Uint8Array(aligned.subarray(PREFIX, PREFIX + headerBytes)));
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch {
    return refuse("a header of JSON", "other text");
  }
  const reader = new Reader(aligned, PREFIX + headerBytes, refuse);
  const data = reader.read(header, 0);
  if (reader.at !== aligned.length) return refuse(`${reader.at} bytes`, `${aligned.length}`);
  return data;
}

type Refuse = (expected: string, received: string) => never;

class Reader {
  readonly #bytes: Uint8Array;
  readonly #refuse: Refuse;
  at: number;

  constructor(bytes: Uint8Array, at: number, refuse: Refuse) {
    this.#bytes = bytes;
    this.at = at;
    this.#refuse = refuse;
  }

  read(value: unknown, depth: number): Data {
    if (depth > DEEPEST) return this.#refuse(`${DEEPEST} levels at most`, "more");
    if (Array.isArray(value)) return value.map((each) => this.read(each, depth + 1));
    // JSON has made it: what is no object is a text, a number, true, false or null.
    if (typeof value !== "object" || value === null) return value as Data;
    if (Object.hasOwn(value, "$")) return this.#special((value as { $: unknown }).$);
    // Without a prototype: a name such as "__proto__" is a name like any other.
    const object: Record<string, Data> = Object.create(null);
    for (const [name, each] of Object.entries(value)) object[name] = this.read(each, depth + 1);
    return object;
  }

  #special(special: unknown): Data {
    if (typeof special === "string" && Object.hasOwn(NUMBERS, special)) return NUMBERS[special as keyof typeof NUMBERS];
    const [code, length] = Array.isArray(special) ? special : [];
    if (typeof code !== "string" || !Object.hasOwn(ARRAYS, code) || !Number.isSafeInteger(length) || length < 0)
      return this.#refuse("a type of arrays and a length", JSON.stringify(special).slice(0, 40));
    const Type = ARRAYS[code as Code];
    const size = length * Type.BYTES_PER_ELEMENT;
    const from = this.at;
    if (from + padded(size) > this.#bytes.length)
      return this.#refuse(`an array of ${size} bytes`, `${this.#bytes.length - from}: cut short`);
    this.at += padded(size);
    return new Type(this.#bytes.buffer as ArrayBuffer, this.#bytes.byteOffset + from, length);
  }
}

const NUMBERS = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  "-Infinity": Number.NEGATIVE_INFINITY,
  "-0": -0,
};

/** As JSON takes it, with arrays set aside. */
function plain(name: string, value: unknown, arrays: Typed[], depth: number): unknown {
  if (depth > DEEPEST) throw new ArgumentError(name, `data of ${DEEPEST} levels at most`, "more, or a cycle");
  if (typeof value === "number")
    return Number.isFinite(value) && !Object.is(value, -0) ? value : { $: Object.is(value, -0) ? "-0" : String(value) };
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  const code = codeOf(value);
  if (code) {
    const array = value as Typed;
    arrays.push(array);
    return { $: [code, array.length] };
  }
  if (Array.isArray(value)) return value.map((each, i) => plain(`${name}[${i}]`, each, arrays, depth + 1));
  if (typeof value !== "object" || !isPlain(value))
    throw new ArgumentError(
      name,
      "data: numbers, texts, typed arrays, and arrays and objects of these",
      describe(value),
    );
  if (Object.hasOwn(value, "$")) throw new ArgumentError(name, "names other than $", "one");
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== undefined)
      .map(([key, each]) => [key, plain(`${name}.${key}`, each, arrays, depth + 1)]),
  );
}

/** Of another realm too. */
function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** The checksum that a message has, which says which one it is; whether it is right says `decode`. @throws MessageError for too few bytes */
export function checksumOf(message: Uint8Array, name = "message"): number {
  if (message.length < PREFIX) throw new MessageError(name, `${PREFIX} bytes or more`, `${message.length}`);
  return new DataView(message.buffer, message.byteOffset, PREFIX).getUint32(8, true);
}

/** Four sums side by side, of words, each multiplied by an odd constant after each (Knuth's golden ratio). */
function checksum(bytes: Uint8Array): number {
  const words = wordsOf(bytes);
  const last = words.length - (words.length % 4);
  let [a, b, c, d] = [1, 2, 3, 4];
  for (let i = 0; i < last; i += 4) {
    a = Math.imul(a ^ (words[i] as number), GOLDEN);
    b = Math.imul(b ^ (words[i + 1] as number), GOLDEN);
    c = Math.imul(c ^ (words[i + 2] as number), GOLDEN);
    d = Math.imul(d ^ (words[i + 3] as number), GOLDEN);
    // What the product moves up comes down again, or the low bits would say nothing of the high ones.
    a ^= a >>> 15;
    b ^= b >>> 15;
    c ^= c >>> 15;
    d ^= d >>> 15;
  }
  let sum = bytes.length;
  for (const each of [a, b, c, d, ...words.subarray(last), ...bytes.subarray(words.length * 4)]) {
    sum = Math.imul(sum ^ each, GOLDEN);
    sum ^= sum >>> 15;
  }
  return sum >>> 0;
}

const GOLDEN = 0x9e3779b1;

/** Messages have whole words. Copies are made by the constructor: `slice` of a Buffer of Node copies nothing. */
export function wordsOf(bytes: Uint8Array): Uint32Array {
  const { buffer, byteOffset } = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  return new Uint32Array(buffer, byteOffset, bytes.length >>> 2);
}
