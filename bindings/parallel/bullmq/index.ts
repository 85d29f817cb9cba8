/**
 * Workers on other machines, by way of the package `bullmq` and a server of Redis or Valkey.
 *
 * @module reparam/parallel/bullmq
 */
export { QueueError } from "./errors.ts";
export { type BullmqOptions, bullmq } from "./executor.ts";
export { type QueueWorkerEvent, type ServeQueueOptions, serveQueue } from "./worker.ts";
