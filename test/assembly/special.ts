// biome-ignore-all lint: this is AssemblyScript, compiled by special-instance.ts
// @ts-nocheck: likewise
export { search } from "../../assembly/special/count-search";
export * from "../../assembly/special/gamma";
export * from "../../assembly/special/incomplete-beta";
export * from "../../assembly/special/incomplete-gamma";
export * from "../../assembly/special/normal";
