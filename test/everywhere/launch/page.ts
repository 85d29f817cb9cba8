import { join } from "node:path";
import { openBrowser } from "../../../bench/engines/browser.ts";
import { versionOf } from "../find.ts";
import { bundle } from "./bundle.ts";
import type { Launch } from "./launch.ts";

/** Chromium and Firefox, headless: the default condition, bundled, in a page. */
export function inPage(runtime: "chromium" | "firefox", path: string, flags: readonly string[] = []): Launch {
  const version = versionOf(path);
  return {
    version,
    open: async (project, hear) => {
      const script = join(await bundle(project.page, {}), "main.js");
      return openBrowser({ id: runtime, runtime, version, path, flags }, script, {}, hear);
    },
  };
}
