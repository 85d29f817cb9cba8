import type { Rate } from "./results.ts";
import { shoot } from "./shoot.ts";
import type { Work } from "./work.ts";

const round = (value: number, digits: number): number => Number(value.toFixed(digits));

export async function measureRate(
  url: string,
  work: Work,
  connections: number,
  seconds: number,
  signal: AbortSignal,
): Promise<Rate> {
  const { times, seconds: elapsed } = await shoot(url, [work], { connections, seconds }, signal);
  const sorted = [...times].sort((a, b) => a - b);
  const quantile = (q: number): number => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
  return {
    work: work.name,
    connections,
    answers: times.length,
    perSecond: round(times.length / elapsed, 1),
    p50: round(quantile(0.5), 2),
    p99: round(quantile(0.99), 2),
  };
}

export const describeRate = ({ work, connections, perSecond, p50, p99 }: Rate): string =>
  `${work}, ${connections} connections: ${perSecond} requests/s, p50 ${p50} ms, p99 ${p99} ms`;
