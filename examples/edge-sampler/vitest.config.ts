import { defineConfig } from "vitest/config";

/** Its own, or the one of the repository around it would hold. */
export default defineConfig({ test: { testTimeout: 30_000 } });
