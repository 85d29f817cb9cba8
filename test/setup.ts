// What a user's import does: it provides the modules, which bindings/index.ts and bindings/graph/index.ts leave open.
import "../bindings/entry/default/graph.ts";
