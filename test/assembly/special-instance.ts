import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

/** The functions of assembly/special: all their arguments and results are f64. */
export type Special = Record<string, (...x: number[]) => number>;

/** Compiles special.ts in memory; scalar f64, so both builds have the same code. */
export async function compileSpecial(): Promise<Special> {
  let wasm: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    [
      "test/assembly/special.ts",
      ...["--config", "none", "--baseDir", fileURLToPath(new URL("../..", import.meta.url))],
      ...["--runtime", "stub", "--use", "abort=", "--noAssert", "-O1", "--disableWarning", "112"],
      ...["--outFile", "special.wasm"],
    ],
    {
      writeFile: (name, contents) => {
        if (name === "special.wasm") wasm = contents as Uint8Array;
      },
    },
  );
  if (error || !wasm) throw new Error(`special.ts does not compile: ${stderr.toString()}`);
  const { instance } = await WebAssembly.instantiate(wasm as BufferSource, {});
  return instance.exports as unknown as Special;
}
