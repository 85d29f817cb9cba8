/** Of Node, in a thread. */
declare const process: { readonly execArgv?: readonly string[]; readonly env?: Readonly<Record<string, string>> };

/**
 * Threads inherit `--import tsx`, but on Node 20 its hooks are in the main thread only; later versions of Node have hooks that tsx
 * registers in each thread by itself.
 *
 * @param module URL of a module, beside which tsx is found if it is installed
 */
export async function readyForTypeScript(module: string): Promise<void> {
  const isTypeScript = /^file:.*\.[cm]?tsx?$/.test(module);
  if (!isTypeScript || "Deno" in globalThis || "Bun" in globalThis) return;
  const { execArgv = [], env = {} } = process;
  if (!/\btsx\b/.test([...execArgv, env.NODE_OPTIONS].join(" "))) return;
  const node = await import("node:module");
  if ("registerHooks" in node) return;
  // Resolving as an import does cannot be asked for on Node 20; what `require` finds, a build beside it, looks for its hooks in a wrong place.
  const required = node.createRequire(module).resolve("tsx/esm/api");
  const { pathToFileURL } = await import("node:url");
  const api = (await import(pathToFileURL(required.replace(/\.cjs$/, ".mjs")).href)) as { register(): unknown };
  api.register();
}
