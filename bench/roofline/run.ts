import { FULL, measure, QUICK } from "../measure.ts";
import { type Counting, executed, sum } from "./count.ts";
import type { Kernel } from "./kernels.ts";
import { type Counts, lowered } from "./lowering.ts";
import { type OfModules, place, trafficOf } from "./memory.ts";
import type { Rates } from "./rates.ts";
import { type Row, rowOf } from "./results.ts";

/** Calls that are counted, where what a call does depends on its noise. */
const TURNS = 4;

/** The modules, as they are and as they count. */
export interface Cores {
  readonly plain: OfModules<WebAssembly.Module>;
  readonly counts: OfModules<WebAssembly.Module>;
  readonly counting: OfModules<Counting>;
}

/** Instructions of a call, on average. */
export function countOf({ areas, call }: Kernel, { counts, counting }: Cores): Counts {
  const { kernels, exports, at } = place(counts, areas());
  for (let turn = 0; turn < TURNS; turn++) call(kernels, at, turn);
  const { core, graph } = counting;
  const total = lowered(
    sum([
      [executed(core, exports.core), 1],
      [executed(graph, exports.graph), 1],
    ]),
  );
  return Object.fromEntries(Object.entries(total).map(([name, count]) => [name, count / TURNS]));
}

/** The kernel and its memory traffic take turns, on the same arrays. */
export async function measureKernel(
  kernel: Kernel,
  cores: Cores,
  rates: Rates,
  quick: boolean,
  signal: AbortSignal,
): Promise<Row> {
  const counts = countOf(kernel, cores);
  const areas = kernel.areas();
  const placed = place(cores.plain, areas);
  const traffic = trafficOf(areas, placed);
  let turn = 0;
  const times = await measure<"kernel" | "traffic">(
    { kernel: () => kernel.call(placed.kernels, placed.at, turn++), ...(traffic && { traffic }) },
    quick ? QUICK : FULL,
    signal,
  );
  if (!times.kernel) throw new Error(`${kernel.name}: not measured`);
  return rowOf(kernel, counts, rates, times.kernel, times.traffic);
}
