import "./provide-core.ts";
import "./provide-graph.ts";

export * from "../../graph/index.ts";
