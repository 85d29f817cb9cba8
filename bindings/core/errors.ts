/** Every error of this library: it names the argument, what was expected and what came. Nothing was changed. */
export class ReparamError extends Error {
  /** A literal in each class: minifiers rename classes. */
  override name = "ReparamError";
  /** The argument, or the part of it, that is wrong, by its name in the call: "logits", "parameters.w". */
  readonly argument: string;
  /** What it should have been, in words. */
  readonly expected: string;
  /** What came, in words. */
  readonly received: string;

  constructor(argument: string, expected: string, received: string) {
    super(`${argument}: expected ${expected}, got ${received}`);
    this.argument = argument;
    this.expected = expected;
    this.received = received;
  }
}

/** A value of the wrong type or out of range. */
export class ArgumentError extends ReparamError {
  override name = "ArgumentError";
}

/** Sizes that do not fit together. */
export class ShapeError extends ReparamError {
  override name = "ShapeError";
}

/** Something that is not a key, or a seed that cannot become one. */
export class KeyError extends ReparamError {
  override name = "KeyError";
}

/** A tensor used after its step, or a parameter or optimizer used after `dispose()`. */
export class DisposedError extends ReparamError {
  override name = "DisposedError";
}

/** Bytes that are not a checkpoint, or one of another model. */
export class CheckpointError extends ReparamError {
  override name = "CheckpointError";
}

/** A message between workers that cannot be read: cut short, damaged, of another version, of another shape. */
export class MessageError extends ReparamError {
  override name = "MessageError";
}

/** A part of a computation that no worker came to the end of: it names the shard, and why. */
export class ShardError extends ReparamError {
  override name = "ShardError";
}

/** A package that is not installed: those that only some use are optional. */
export class PackageError extends ReparamError {
  override name = "PackageError";
}

/** WebAssembly is missing, blocked, or out of memory. */
export class WasmError extends ReparamError {
  override name = "WasmError";
}

/** A short, safe description of any value for a message. */
export function describe(value: unknown): string {
  if (typeof value === "string")
    return value.length > 40 ? `a string of ${value.length} characters` : JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return "a function";
  if (value === null || typeof value !== "object") return String(value);
  if (Array.isArray(value)) return `an array of length ${value.length}`;
  const name = Object.prototype.toString.call(value).slice(8, -1);
  const length = (value as { length?: unknown }).length;
  const article = /^[AEIOU]/.test(name) ? "an" : "a";
  return typeof length === "number" ? `${article} ${name} of length ${length}` : `an object (${name})`;
}
