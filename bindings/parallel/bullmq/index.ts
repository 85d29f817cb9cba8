/**
 * Workers on other machines, by way of the package `bullmq` and a server of Redis or Valkey.
 *
 * @module reparam/parallel/bullmq
 */
export {};
