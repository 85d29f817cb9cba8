import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import puppeteer, { type Browser, type Page, type Viewport } from "puppeteer-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome"] as const;

/** @throws Error that says how to get a browser */
function find(): string {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const path = NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
  if (path) return path;
  throw new Error(`no browser: expected one of ${NAMES.join(", ")} on PATH (Debian: apt-get install chromium)`);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export const openBrowser = (...flags: readonly string[]): Promise<Browser> =>
  puppeteer.launch({
    executablePath: find(),
    // Its sandbox refuses to work for root, which is who a container runs as.
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", ...flags],
  });

export interface Opened {
  readonly page: Page;
  /** Errors of the page and of its console. */
  readonly errors: readonly string[];
}

const DESKTOP: Viewport = { width: 1280, height: 900 };

/** A page that has drawn, or said why it cannot. */
export async function openPage(browser: Browser, url: string, size: Viewport = DESKTOP): Promise<Opened> {
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warn") errors.push(message.text());
  });
  await page.setViewport(size);
  await page.goto(url);
  await page.waitForFunction(() => document.querySelector("#hash:not(:empty), #notice:not([hidden])"));
  return { page, errors };
}
