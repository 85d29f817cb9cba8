import "./index.ts"; // provides the core
import "./provide-graph.ts";

export * from "../../graph/index.ts";
