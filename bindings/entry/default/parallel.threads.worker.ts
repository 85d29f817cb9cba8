import "./parallel.ts"; // provides the core, the graph and the distributions

export { answer as default } from "../../parallel/threads/worker.ts";
