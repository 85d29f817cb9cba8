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
  const api = (await import(node.createRequire(module).resolve("tsx/esm/api"))) as { register(): unknown };
  api.register();
}
