/**
 * All of reparam/inference, which has no module of its own: give the layers below theirs.
 *
 * @module reparam/slim/inference
 */

export * from "../../inference/index.ts";
