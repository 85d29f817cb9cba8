/**
 * The ABI: the functions of the kernel files, each named by its file and its verb.
 * Every argument is a number: a byte address, a count, a 32-bit word or a scalar.
 */
export * from "./activations";
export * from "./arithmetic";
export * from "./check";
export * from "./gemm";
export * from "./gumbel";
export * from "./likelihood";
export * from "./noise";
export * from "./optimizer";
export * from "./select";
export * from "./softmax";

/** First free byte: everything above belongs to the caller. */
export function heapBase(): usize {
  return __heap_base;
}
