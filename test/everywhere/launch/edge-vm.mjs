/**
 * node edge-vm.mjs VM BUNDLE NAME=FILE.wasm...: executes the bundle in Vercel's EdgeVM. As Next does, it is handed modules
 * that were compiled out here: for the library they are of another realm.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [vm, bundle, ...wasm] = process.argv.slice(2);
const { EdgeVM } = createRequire(import.meta.url)(vm);
const modules = wasm.map((pair) => {
  const [name, file] = pair.split("=");
  return [name, new WebAssembly.Module(readFileSync(file))];
});
const edge = new EdgeVM({ extend: (context) => Object.assign(context, { modules: Object.fromEntries(modules) }) });
edge.evaluate(readFileSync(bundle, "utf8"));
console.log(await edge.evaluate("message"));
