import { MAX_DRAWS } from "./limits.ts";
import { invalid, Problem } from "./problem.ts";

/** How to draw, checked. */
export interface Settings {
  readonly seed: bigint;
  /** Number of the token in its sequence: the same seed gives other noise at every position. */
  readonly position: number;
  /** 0 stands for the limit: the most probable token. */
  readonly temperature: number;
  /** Keep this many of the most probable tokens; 0 keeps all. */
  readonly topK: number;
  /** Keep the fewest of the most probable tokens whose probability reaches this; 1 keeps all. */
  readonly topP: number;
  /** Different tokens asked for. */
  readonly draws: number;
}

type Fields = Readonly<Record<string, unknown>>;

const COMMON = ["seed", "position", "temperature", "top_k", "top_p"];

/** The fields of each path that draws. */
export const FIELDS: Readonly<Record<string, readonly string[]>> = {
  "/sample": COMMON,
  "/draws": [...COMMON, "draws"],
};

/** Refuses what it does not know: a misspelt `top_p` would be ignored in silence. */
export function checkSettings(path: string, fields: Fields): Settings {
  const names = FIELDS[path] as readonly string[];
  for (const name of Object.keys(fields))
    if (!names.includes(name)) throw new Problem(400, name, `unknown field; ${path} takes ${names.join(", ")}`);
  return {
    seed: seed(fields),
    position: integer(fields, "position", 0, Number.MAX_SAFE_INTEGER, 0),
    temperature: real(fields, "temperature", "from 0 to 100", 1, (value) => value >= 0 && value <= 100),
    topK: integer(fields, "top_k", 0, Number.MAX_SAFE_INTEGER, 0),
    topP: real(fields, "top_p", "above 0 and at most 1", 1, (value) => value > 0 && value <= 1),
    draws: path === "/draws" ? integer(fields, "draws", 1, MAX_DRAWS) : 1,
  };
}

/** As text too, because JSON's numbers do not hold 64 bits. */
function seed({ seed }: Fields): bigint {
  const wide =
    Number.isSafeInteger(seed) || (typeof seed === "string" && /^-?\d{1,20}$/.test(seed))
      ? BigInt(seed as number | string)
      : undefined;
  if (wide !== undefined && wide >= -(2n ** 63n) && wide < 2n ** 64n) return wide;
  throw invalid("seed", "an integer of at most 64 bits (as a string when it is above 2^53)", seed);
}

function integer(fields: Fields, name: string, least: number, most: number, absent?: number): number {
  const { [name]: value = absent } = fields;
  if (Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most) return value as number;
  const range = most === Number.MAX_SAFE_INTEGER ? `of ${least} or more` : `from ${least} to ${most}`;
  throw invalid(name, `an integer ${range}`, value);
}

function real(fields: Fields, name: string, range: string, absent: number, fits: (value: number) => boolean): number {
  const { [name]: value = absent } = fields;
  if (typeof value === "number" && fits(value)) return value;
  throw invalid(name, `a number ${range}`, value);
}
