// What a user's import does: it provides the modules, which the index.ts of the layers leave open.
import "../bindings/entry/default/inference.ts";
