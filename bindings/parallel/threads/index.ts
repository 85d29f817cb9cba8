/**
 * Threads of Node, Deno and Bun as workers, by way of the package `tinypool`.
 *
 * @module reparam/parallel/threads
 */
export { type ModuleUrl, type ThreadsOptions, threads } from "./threads.ts";
