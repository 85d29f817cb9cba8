import "./distributions.ts"; // provides the core, the graph and the distributions

export * from "../../inference/index.ts";
