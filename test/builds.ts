import { readFileSync } from "node:fs";
import { beforeAll, describe } from "vitest";
import { type Core, useInstance } from "../bindings/core/core.ts";
import { instantiateBytes } from "../bindings/core/instantiate.ts";

/** Every build of the same source. The debug build has assertions. */
export const BUILDS = ["simd", "scalar", "debug"] as const;
export type BuildName = (typeof BUILDS)[number];

/** Makes a fresh instance of a build the one that all functions use. */
export function useBuild(name: BuildName): Core {
  return useInstance(instantiateBytes(readFileSync(new URL(`../build/core.${name}.wasm`, import.meta.url))));
}

/** The same tests over every build. */
export function onEveryBuild(title: string, tests: (build: BuildName) => void): void {
  describe.each(BUILDS)(`${title} (%s)`, (build) => {
    beforeAll(() => void useBuild(build));
    tests(build);
  });
}
