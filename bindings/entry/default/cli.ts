#!/usr/bin/env node
import "./parallel.ts"; // provides the core, the graph and the distributions
import { main } from "../../parallel/cli/index.ts";

// Of Node, whose types are not among those of this package.
await main((globalThis as unknown as { process: Parameters<typeof main>[0] }).process);
