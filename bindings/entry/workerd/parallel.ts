import "./inference.ts"; // provides the core, the graph and the distributions

export * from "../../parallel/index.ts";
