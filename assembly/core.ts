/**
 * The ABI of core.wasm, which random and relax need: the functions of the kernel files, each named by its file and its verb.
 * Every argument is a number: a byte address, a count, a 32-bit word or a scalar.
 */
export * from "./check";
export * from "./conditional";
export * from "./extent";
export * from "./gumbel";
export * from "./noise";
export * from "./select";
export * from "./softmax";
