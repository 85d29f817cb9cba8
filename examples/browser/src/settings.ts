/** What the page shows is a function of these, and of nothing else. */
export interface Settings {
  readonly logits: readonly [a: number, b: number, c: number];
  readonly tau: number;
  /** Number of samples. */
  readonly n: number;
  readonly seed: number;
  /** The samples are those of foldIn(key(seed), draw). */
  readonly draw: number;
  readonly hard: boolean;
}

/** Three decades of temperature. */
export const TAU = { least: 0.02, most: 20, steps: 150 } as const;
export const COUNTS = [500, 1000, 2000, 4000, 8000, 16000] as const;
const LOGIT = 4;
const SEED = 2 ** 32 - 1;

export const initial: Settings = { logits: [1, 0, -0.8], tau: 0.5, n: 4000, seed: 1, draw: 0, hard: false };

/** Rounded to three digits: the last bits of a power differ between engines, and tau is part of what is hashed. */
export const tauAt = (step: number): number =>
  Number((TAU.least * (TAU.most / TAU.least) ** (step / TAU.steps)).toPrecision(3));

export const stepOf = (tau: number): number =>
  Math.round((TAU.steps * Math.log(tau / TAU.least)) / Math.log(TAU.most / TAU.least));

export function toHash({ logits, tau, n, seed, draw, hard }: Settings): string {
  const [a, b, c] = logits.map(String);
  const values = { a, b, c, tau, n, seed, draw, hard: hard ? 1 : 0 };
  return `#${new URLSearchParams(Object.entries(values).map(([name, value]) => [name, String(value)]))}`;
}

/** The settings of an address; what is wrong in it is left at its initial value and told to `complain`. */
export function fromHash(hash: string, complain: (text: string) => void): Settings {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const read = (name: string, otherwise: number, what: string, isRight: (value: number) => boolean): number => {
    const text = given.get(name);
    if (text === null) return otherwise;
    const value = Number(text);
    if (text.trim() !== "" && isRight(value)) return value;
    complain(`${name} in the address: expected ${what}, got "${text}"; ${otherwise} is used.`);
    return otherwise;
  };
  const logit = (name: string, otherwise: number): number =>
    read(name, otherwise, `a number from ${-LOGIT} to ${LOGIT}`, (value) => Math.abs(value) <= LOGIT);
  const whole = (name: string, otherwise: number, most: number): number =>
    read(name, otherwise, `an integer from 0 to ${most}`, (v) => Number.isInteger(v) && v >= 0 && v <= most);
  const isCount = (value: number): boolean => (COUNTS as readonly number[]).includes(value);
  const [a, b, c] = initial.logits;
  return {
    logits: [logit("a", a), logit("b", b), logit("c", c)],
    tau: read("tau", initial.tau, `a number from ${TAU.least} to ${TAU.most}`, (v) => v >= TAU.least && v <= TAU.most),
    n: read("n", initial.n, `one of ${COUNTS.join(", ")}`, isCount),
    seed: whole("seed", initial.seed, SEED),
    draw: whole("draw", initial.draw, SEED),
    hard: whole("hard", 0, 1) === 1,
  };
}
