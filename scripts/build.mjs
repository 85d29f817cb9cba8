/**
 * assembly/ -> build/*.wasm -> bindings/.../generated/ -> dist/
 *
 * Modules over one memory: core.wasm for random and relax, graph.wasm for the graph, distributions.wasm for the
 * distributions; each in three builds. generated/ holds the release builds as text (so that nothing has to be fetched or
 * located at run time) and the types of the kernels, taken from what the compiler says it exports.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import binaryen from "assemblyscript/binaryen";
import { bundle } from "./bundle.mjs";
import { tabulateConstants } from "./constants.mjs";
import { interleaveLoops } from "./interleave.mjs";
import { decoder, encode } from "./text.mjs";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const banner = "// Written by scripts/build.mjs; not kept in git.\n";
const { version } = JSON.parse(readFileSync("package.json", "utf8"));

/**
 * The low end of memory: a region for each module, with its table of constants and, from `DATA` on, the compiler's data.
 * The first lends its memory to the others, so it leaves room for all.
 */
const REGIONS = { core: 8192, graph: 8192, distributions: 24576 };
const MODULES = Object.keys(REGIONS);
const DATA = 2048;
const heapBase = Object.values(REGIONS).reduce((sum, bytes) => sum + bytes);
const kernelNames = new Set();

/** Changes with the source of the kernels: JavaScript refuses a module of another version, whose bits may differ. */
const sources = readdirSync("assembly", { recursive: true }).filter((file) => file.endsWith(".ts"));
const hash = createHash("sha256").update(
  [JSON.stringify(REGIONS), DATA, ...sources.sort().map((file) => readFileSync(`assembly/${file}`))].join(),
);
const identity = `${version} ${hash.digest("hex").slice(0, 8)}`;

mkdirSync("build", { recursive: true });
writeText("bindings/core/generated/decoder.ts", String.fromCharCode(...decoder()));
let region = 0;
for (const name of MODULES) {
  for (const target of ["simd", "scalar", "debug"]) await compile(name, target, region);
  writeTypes(name, `bindings/${name}/generated`);
  region += REGIONS[name];
}

async function compile(name, target, region) {
  const file = `build/${name}.${target}`;
  const options = ["--target", target, "--outFile", `${file}.wasm`, "--textFile", `${file}.wat`];
  const placed = ["--memoryBase", String(region + DATA), ...(region > 0 ? ["--importMemory"] : [])];
  const { error, stderr } = await asc.main([`assembly/${name}.ts`, ...options, ...placed]);
  process.stderr.write(stderr.toString());
  if (error) process.exit(1);

  let wasm = readFileSync(`${file}.wasm`);
  checkData(wasm, name, region + REGIONS[name]);
  if (target === "debug") return;
  binaryen.setDebugInfo(false); // the compiler turns it on for the debug target: no names in what is shipped
  if (target === "simd") wasm = tabulateConstants(interleaveLoops(wasm), { from: region + 64, to: region + DATA });
  wasm = named(wasm, `reparam/${name} ${identity} ${target}`);
  writeFileSync(`${file}.wasm`, wasm);
  writeText(`bindings/entry/default/generated/${name}.${target}.ts`, encode(wasm));
}

/** The data of a module stays within its region; the debug build, with its texts, has the most. */
function checkData(wasm, name, end) {
  const memory = new WebAssembly.Memory({ initial: 2 });
  const env = { memory, abort: () => {} };
  const reached = new WebAssembly.Instance(new WebAssembly.Module(wasm), { env }).exports.dataEnd();
  if (reached > end) throw new Error(`the data of ${name} ends at ${reached}, beyond its region: raise it in REGIONS`);
}

/** The module with its identity, as the name of an exported global. */
function named(wasm, name) {
  const module = binaryen.readBinary(wasm);
  module.setFeatures(binaryen.Features.All);
  module.addGlobal(name, binaryen.i32, false, module.i32.const(0));
  module.addGlobalExport(name, name);
  return module.emitBinary();
}

function writeText(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  // Its type is given, or the declarations would have all of the text once more.
  const code = `const text: string = ${JSON.stringify(text)};\nexport default text;\n`;
  writeFileSync(file, banner + code);
}

function writeTypes(name, folder) {
  const declarations = readFileSync(`build/${name}.simd.d.ts`, "utf8");
  const functions = [...declarations.matchAll(/export function (\w+)(\(.*\): \w+);/g)].filter(
    ([, kernel]) => kernel !== "dataEnd",
  );
  for (const [, kernel] of functions) {
    if (kernelNames.has(kernel)) throw new Error(`${kernel} is a kernel of two modules, which share one table`);
    kernelNames.add(kernel);
  }
  const kernels = functions.map(([, kernel, signature]) => `  ${kernel}${signature};`).join("\n");
  const Name = name[0].toUpperCase() + name.slice(1);
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    `${folder}/kernels.ts`,
    `${banner}export interface ${Name}Kernels {\n${kernels}\n}\n` +
      `\nexport const IDENTITY = "reparam/${name} ${identity}";\n` +
      (name === "core"
        ? `\n/** First byte above the data of all modules. */\nexport const HEAP_BASE = ${heapBase};\n`
        : ""),
  );
}

/** Written beside dist and moved there whole: an interrupted build leaves the last good one. */
const fresh = `build/dist-${process.pid}`;
const declarations = ["-p", "tsconfig.build.json", "--outDir", `${fresh}/types`];
execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", ...declarations], { stdio: "inherit" });
await bundle(fresh);
for (const name of ["core", "graph"]) {
  ship(name, "simd", name);
  ship(name, "scalar", `${name}.scalar`);
}
ship("distributions", "scalar", "distributions"); // no vectors in it: one build serves every engine
rmSync("dist", { recursive: true, force: true });
renameSync(fresh, "dist");

function ship(name, target, as) {
  copyFileSync(`build/${name}.${target}.wasm`, `${fresh}/${as}.wasm`);
  copyFileSync("bindings/entry/wasm.d.ts", `${fresh}/${as}.wasm.d.ts`);
}
