import { readFileSync } from "node:fs";
import { beforeAll, describe } from "vitest";
import { Core, type CoreKernels, compile, coreWasm, shareCore, type Wasm } from "../bindings/core/index.ts";
import { distributionsWasm } from "../bindings/distributions/core.ts";
import type { DistributionsKernels } from "../bindings/distributions/generated/kernels.ts";
import { graphWasm } from "../bindings/graph/core.ts";
import type { GraphKernels } from "../bindings/graph/generated/kernels.ts";

/** Every build of the same source. The debug build has assertions. */
export const BUILDS = ["simd", "scalar", "debug"] as const;
export type BuildName = (typeof BUILDS)[number];

export const MODULES = ["core", "graph", "distributions"] as const;
export type Kernels = CoreKernels & GraphKernels & DistributionsKernels;

export const built = (file: string): URL => new URL(`../build/${file}`, import.meta.url);

/** Makes a fresh instance of a build the one that all functions use. */
export function useBuild(name: BuildName): Core<Kernels> {
  provide(coreWasm, `core.${name}.wasm`);
  const core = new Core();
  shareCore(core);
  provide(graphWasm, `graph.${name}.wasm`);
  provide(distributionsWasm, `distributions.${name}.wasm`);
  return core.with(graphWasm).with(distributionsWasm);
}

function provide(wasm: Wasm<unknown>, file: string): void {
  const module = compile(readFileSync(built(file)));
  wasm.use({ module, build: file.includes("scalar") ? "scalar" : "simd" });
}

/** The same tests over every build. */
export function onEveryBuild(title: string, tests: (build: BuildName) => void): void {
  describe.each(BUILDS)(`${title} (%s)`, (build) => {
    beforeAll(() => void useBuild(build));
    tests(build);
  });
}
