import type { Bundler } from "./bundler.ts";
import { commonJs } from "./common-js.ts";
import { next } from "./next.ts";
import { scripts } from "./scripts.ts";
import { typescript } from "./typescript.ts";
import { vite } from "./vite.ts";
import { wrangler } from "./wrangler.ts";

/** In the order of the table. */
export const bundlers: readonly Bundler[] = [...vite, ...scripts, wrangler, ...next, commonJs, ...typescript];
