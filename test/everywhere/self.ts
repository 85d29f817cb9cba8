/** Of the runtime that executes this: what it says about itself. Other runtimes have Node's `process` too, so it comes last. */
export function self(): { readonly name: string; readonly runtimeVersion?: string } {
  const { Deno, Bun, EdgeRuntime, navigator, process } = globalThis as unknown as Globals;
  if (Deno) return { name: "Deno", runtimeVersion: Deno.version.deno };
  if (Bun) return { name: "Bun", runtimeVersion: Bun.version };
  if (EdgeRuntime) return { name: "EdgeVM" };
  const agent = navigator?.userAgent ?? "";
  if (agent === "Cloudflare-Workers") return { name: "workerd" };
  if (agent.includes("Firefox/")) return { name: "Firefox" };
  if (agent.includes("Chrome/")) return { name: "Chromium" };
  if (agent.includes("AppleWebKit/")) return { name: "WebKit" };
  if (process) return { name: `Node ${process.arch}`, runtimeVersion: process.versions.node };
  return { name: agent || "unknown" };
}

interface Globals {
  readonly Deno?: { readonly version: { readonly deno: string } };
  readonly Bun?: { readonly version: string };
  readonly EdgeRuntime?: string;
  readonly navigator?: { readonly userAgent?: string };
  readonly process?: { readonly arch: string; readonly versions: { readonly node: string } };
}
