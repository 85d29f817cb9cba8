import { AckPolicy, jetstreamManager, RetentionPolicy, StorageType } from "@nats-io/jetstream";

/** Of all workers together: each message goes to one of them. */
export const WORKERS = "workers";

/** To make the stream, 50 ms apart. */
const ATTEMPTS = 20;

/** Subjects of a service: shards are kept in a stream until they are computed, the rest goes straight from one to the other. */
export const subjects = (name) => ({
  shards: (run) => `${name}.shards.${run}`,
  common: (run) => `${name}.common.${run}`,
  partials: (run) => `${name}.partials.${run}`,
  cancel: `${name}.cancel`,
  lost: `$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.${name}.${WORKERS}`,
});

/** The stream of shards, in the server's memory; made by whoever comes first. */
export async function openStream(connection, name) {
  const manager = await jetstreamManager(connection);
  const { shards } = subjects(name);
  const retention = RetentionPolicy.Workqueue;
  const config = { name, subjects: [shards("*")], retention, storage: StorageType.Memory };
  for (let attempt = 1; ; attempt++)
    try {
      await manager.streams.add(config);
      return manager;
    } catch (error) {
      // To whoever comes while another one makes it the server says that its subjects overlap; a moment later the stream is the same.
      if (attempt === ATTEMPTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
}

/**
 * What the workers of a stream have in common.
 *
 * @param wait milliseconds after which a shard is lost whose worker has said nothing
 */
export async function openWorkers(manager, name, wait) {
  // Delivered once: whether a lost shard is tried again is up to the main program, which hears of it.
  const config = { ack_policy: AckPolicy.Explicit, ack_wait: wait * 1e6, max_deliver: 1, max_ack_pending: -1 };
  await manager.consumers.add(name, { durable_name: WORKERS, ...config });
}
