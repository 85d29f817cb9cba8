import { readFileSync } from "node:fs";
import type { Server } from "../workerd.ts";
import type { Thousand } from "./results.ts";
import { shoot } from "./shoot.ts";
import type { Work } from "./work.ts";

/** Answers between two looks at the memory. */
const STRIDE = 25;
const CONNECTIONS = 16;

/**
 * What the median of the last thousand may lie above that of the second, megabytes: 2 kB a request. The collector of V8 moves it by
 * 10 either way.
 */
export const ALLOWED = 16;

/** Megabytes of the process that are in memory; Linux tells. */
function residentMegabytes(pid: number): number {
  const [, kilobytes] = readFileSync(`/proc/${pid}/status`, "utf8").match(/^VmRSS:\s+(\d+) kB$/m) ?? [];
  if (kilobytes === undefined) throw new Error(`/proc/${pid}/status: expected a line VmRSS`);
  return Number(kilobytes) / 1024;
}

/** Sends `requests` of all works in turn, and looks at the memory of workerd and of its WebAssembly on the way. */
export async function watchMemory(
  { url, pid }: Server,
  works: readonly Work[],
  requests: number,
  signal: AbortSignal,
  onThousand: (thousand: Thousand) => void,
): Promise<Thousand[]> {
  let seen: number[] = [];
  const thousands: Promise<Thousand>[] = [];
  await shoot(url, works, { connections: CONNECTIONS, requests }, signal, (answers) => {
    if (answers % STRIDE === 0) seen.push(residentMegabytes(pid));
    if (answers % 1000 !== 0) return;
    seen.sort((a, b) => a - b);
    const [least, median, most] = [0, seen.length >> 1, seen.length - 1].map((i) => Number(seen[i].toFixed(1)));
    seen = [];
    thousands.push(
      wasmBytes(url).then((wasmBytes) => {
        const thousand = { answers, least, median, most, wasmBytes };
        onThousand(thousand);
        return thousand;
      }),
    );
  });
  return Promise.all(thousands);
}

async function wasmBytes(url: string): Promise<number> {
  const health = (await (await fetch(`${url}/health`)).json()) as { wasm_bytes: number };
  return health.wasm_bytes;
}

/** What grew, or undefined: the first thousand is warm-up. */
export function growth(thousands: readonly Thousand[]): string | undefined {
  const [, second, ...later] = thousands;
  const last = later.at(-1);
  if (!second || !last) throw new Error("too few requests to tell");
  const grown = later.find(({ wasmBytes }) => wasmBytes !== second.wasmBytes);
  if (grown) return `WebAssembly memory went from ${second.wasmBytes} to ${grown.wasmBytes} bytes`;
  if (last.median > second.median + ALLOWED)
    return `the median of resident memory went from ${second.median} to ${last.median} MB`;
  return undefined;
}
