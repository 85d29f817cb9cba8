import "./parallel.ts"; // provides the core, the graph and the distributions

export * from "../../parallel/threads/index.ts";
