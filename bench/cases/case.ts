/**
 * How the library is called: by the functions of "reparam", copies into and out of wasm memory included; by the operations
 * of "reparam/graph" inside a step, on tensors that stay in wasm memory; or by a kernel of the core alone.
 */
export type Via = "reparam" | "graph" | "kernel";

/** Functions that do the same work, each once a call (`repeats` times where the case says so). */
export interface Contestants {
  readonly ours: () => unknown;
  /** Good plain JavaScript. */
  readonly baseline: () => unknown;
  /** What people paste today. */
  readonly naive?: () => unknown;
  /** Gives back what `prepare` took in wasm memory. */
  readonly dispose?: () => void;
}

export interface Case {
  readonly group: string;
  readonly name: string;
  readonly size: string;
  readonly via: Via;
  /** How the plain JavaScript does it. */
  readonly baseline: string;
  /** Elements of one call, which the time is divided by. */
  readonly elements: number;
  /** Calls in one run of a contestant, where one is too short for a clock. */
  readonly repeats?: number;
  /** Floating-point operations of one call, where that is the usual measure. */
  readonly flops?: number;
  /** Makes the data and the functions; called when the case is due, so that only one case's data is in memory. */
  readonly prepare: () => Contestants;
}

/** A size as it is printed: 1024×1024. */
export const by = (...dimensions: number[]): string => dimensions.join("×");
