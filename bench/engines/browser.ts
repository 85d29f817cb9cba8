import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawnGroup } from "./child.ts";
import { serve } from "./server.ts";
import type { Open } from "./session.ts";

/** Of Firefox: no rounding of the clock, no dialogue about a slow page, no first-run pages, no traffic of its own. */
const PREFERENCES = {
  "privacy.reduceTimerPrecision": false,
  "privacy.resistFingerprinting": false,
  "dom.max_script_run_time": 0,
  "browser.shell.checkDefaultBrowser": false,
  "browser.startup.homepage_override.mstone": "ignore",
  "datareporting.policy.dataSubmissionEnabled": false,
  "toolkit.telemetry.enabled": false,
  "app.normandy.enabled": false,
  "app.update.enabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
};

const preferences = Object.entries(PREFERENCES).map(
  ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`,
);

const firefox = (profile: string, url: string): string[] => ["--headless", "--no-remote", "--profile", profile, url];

const chromium = (profile: string, url: string): string[] => [
  "--headless",
  // Its sandbox refuses to work for root, which is who a container runs as.
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
  "--disable-gpu",
  "--disable-quic",
  "--disable-sync",
  "--disable-component-update",
  "--disable-background-networking",
  "--disable-background-timer-throttling",
  "--disable-renderer-backgrounding",
  "--no-first-run",
  // Without it a headless browser ends when the page has loaded.
  "--remote-debugging-port=0",
  `--user-data-dir=${profile}`,
  url,
];

/** A headless browser with a profile of its own, which is gone with it, on a page that posts its messages. */
export const openBrowser: Open = async (engine, script, job, hear) => {
  const server = await serve(script, job, hear);
  const profile = await mkdtemp(join(tmpdir(), "reparam-bench-"));
  await writeFile(join(profile, "user.js"), preferences);
  const usual = engine.runtime === "firefox" ? firefox(profile, server.url) : chromium(profile, server.url);
  const args = [...(engine.flags ?? []), ...usual];
  // What a browser writes on its standard error without a display is not about the page.
  const group = spawnGroup(engine.path, args, { stdio: "ignore", env: { ...process.env, HOME: profile } });
  return {
    ended: group.ended,
    close: async () => {
      await group.kill();
      await server.close();
      await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
};
