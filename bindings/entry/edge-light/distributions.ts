import "./graph.ts"; // provides the core and the graph
import "./provide-distributions.ts";

export * from "../../distributions/index.ts";
