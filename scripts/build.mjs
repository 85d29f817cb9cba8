/**
 * assembly/ -> build/*.wasm -> bindings/core/generated/ -> dist/
 *
 * generated/ holds the two release builds as base64 text (so that nothing has to be fetched or located at run time) and
 * the types of the kernels, taken from what the compiler says it exports.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import binaryen from "assemblyscript/binaryen";
import { tabulateConstants } from "./constants.mjs";
import { interleaveLoops } from "./interleave.mjs";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const generated = "bindings/core/generated";
const banner = "// Written by scripts/build.mjs; not kept in git.\n";

for (const target of ["simd", "scalar", "debug"]) {
  const { error, stderr } = await asc.main(["--target", target]);
  process.stderr.write(stderr.toString());
  if (error) process.exit(1);
}

binaryen.setDebugInfo(false); // the debug target turned it on: no names in what is shipped
writeFileSync("build/core.simd.wasm", tabulateConstants(interleaveLoops(readFileSync("build/core.simd.wasm"))));

mkdirSync(generated, { recursive: true });
for (const target of ["simd", "scalar"]) {
  const base64 = readFileSync(`build/core.${target}.wasm`).toString("base64");
  writeFileSync(`${generated}/${target}.ts`, `${banner}export default "${base64}";\n`);
}

const declarations = readFileSync("build/core.simd.d.ts", "utf8");
const functions = [...declarations.matchAll(/export function (\w+)(\(.*\): \w+);/g)];
const kernels = functions.map(([, name, signature]) => `  ${name}${signature};`).join("\n");
writeFileSync(`${generated}/kernels.ts`, `${banner}export interface Kernels {\n${kernels}\n}\n`);

// Compiled beside dist and moved there whole: an interrupted build leaves the last good one.
const fresh = `build/dist-${process.pid}`;
const compiler = ["node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json", "--outDir", fresh];
execFileSync(process.execPath, compiler, { stdio: "inherit" });
rmSync("dist", { recursive: true, force: true });
renameSync(fresh, "dist");
