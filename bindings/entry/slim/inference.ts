/** reparam/slim/inference: all of reparam/inference, which has no module of its own: give the layers below theirs. */

export * from "../../inference/index.ts";
