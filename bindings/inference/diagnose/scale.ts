import { log, step, tensor } from "../../graph/index.ts";

/** A logarithmic axis from power to power of ten. */
export interface Scale {
  readonly ticks: readonly { readonly label: string; readonly at: number }[];
  /** Places of the values, in their order; that of 0 is before the first power. */
  readonly places: readonly number[];
}

/** Room for what is 0, beside the axis. */
const ZERO = 28;
const MOST_TICKS = 7;

/** Values of 0 or more, the least at `from` and the largest at `to`. */
export function logScale(values: readonly number[], from: number, to: number): Scale {
  const logs = logsOf(values);
  const positive = logs.filter(Number.isFinite);
  const hasZero = positive.length < logs.length;
  const start = hasZero ? from + Math.sign(to - from) * ZERO : from;
  const low = Math.floor(least(positive) - 0.1);
  const high = Math.max(low + 2, Math.ceil(most(positive) + 0.1));
  const at = (power: number): number => start + ((to - start) * (power - low)) / (high - low);
  const every = Math.ceil((high - low) / MOST_TICKS);
  const powers = Array.from({ length: high - low + 1 }, (_, i) => low + i).filter(
    (power) => (power - low) % every === 0,
  );
  return {
    ticks: [
      ...(hasZero ? [{ label: "0", at: from }] : []),
      ...powers.map((power) => ({ label: powerOfTen(power), at: at(power) })),
    ],
    places: logs.map((each) => (Number.isFinite(each) ? at(each) : from)),
  };
}

/** 10⁻³ */
const powerOfTen = (power: number): string =>
  `10${Array.from(String(power), (sign) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(sign)]).join("")}`;

const least = (values: readonly number[]): number => (values.length > 0 ? Math.min(...values) : 0);
const most = (values: readonly number[]): number => (values.length > 0 ? Math.max(...values) : 0);

/** To the base of 10, -Infinity of 0: the exponent, which is known exactly, and the logarithm of the digits. */
function logsOf(values: readonly number[]): number[] {
  const parts = values.map((value) => value.toExponential().split("e").map(Number) as [number, number]);
  const digits = step(() => log(tensor([10, ...parts.map(([mantissa]) => mantissa)])).toArray(), { gradients: false });
  return parts.map(([, exponent], i) => exponent + (digits[i + 1] as number) / (digits[0] as number));
}
