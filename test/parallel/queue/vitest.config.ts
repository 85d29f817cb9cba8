import { defineConfig } from "vitest/config";

/** Not among the files of `npm test`, which needs nothing from the system. */
export default defineConfig({
  test: {
    include: ["test/parallel/queue/*.queue.ts"],
    testTimeout: 60_000,
    // Each file has a server and workers, and deadlines.
    fileParallelism: false,
    allowOnly: false,
  },
});
