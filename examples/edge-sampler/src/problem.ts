/** A request that is refused: the status and a message for whoever wrote it. */
export class Problem extends Error {
  readonly status: number;
  /** The part of the request that is wrong: a field, or `body`. */
  readonly field: string;
  readonly headers: Record<string, string>;

  constructor(status: number, field: string, message: string, headers: Record<string, string> = {}) {
    super(`${field}: ${message}`);
    this.name = "Problem";
    this.status = status;
    this.field = field;
    this.headers = headers;
  }
}

export const invalid = (field: string, expected: string, received: unknown): Problem =>
  new Problem(400, field, `expected ${expected}, received ${describe(received)}`);

const SHOWN = 40;

function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return `an array of length ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
  if (typeof value !== "string") return String(value);
  return value.length > SHOWN ? `a string of ${value.length} characters` : JSON.stringify(value);
}
