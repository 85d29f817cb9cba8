import "./parallel.ts"; // provides the core, the graph and the distributions

export * from "../../parallel/bullmq/index.ts";
