/** The wasm files, where a bundler or a runtime gives compiled modules for them. */

import scalarCore from "reparam/core.scalar.wasm";
import core from "reparam/core.wasm";
import distributions from "reparam/distributions.wasm";
import scalarGraph from "reparam/graph.scalar.wasm";
import graph from "reparam/graph.wasm";
import { init, initSync } from "reparam/slim";
import * as slimDistributions from "reparam/slim/distributions";
import * as slimGraph from "reparam/slim/graph";

initSync(core);
slimGraph.initSync(graph);
slimDistributions.initSync(distributions);
export const ready: Promise<void>[] = [init(scalarCore), slimGraph.init(scalarGraph)];
