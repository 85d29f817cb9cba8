/** The wasm files, where a bundler or a runtime gives compiled modules for them. */

import scalarCore from "reparam/core.scalar.wasm";
import core from "reparam/core.wasm";
import scalarGraph from "reparam/graph.scalar.wasm";
import graph from "reparam/graph.wasm";
import { init, initSync } from "reparam/slim";
import * as slimGraph from "reparam/slim/graph";

initSync(core);
slimGraph.initSync(graph);
export const ready: Promise<void>[] = [init(scalarCore), slimGraph.init(scalarGraph)];
