import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    setupFiles: ["test/setup.ts"],
    testTimeout: 60_000,
    // Not by lint, which takes our `fit` for that of a test runner.
    allowOnly: false,
  },
});
