import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { openBrowser, openPage } from "./browser.ts";
import { serve } from "./site.ts";

const picture = fileURLToPath(new URL("../../../docs/images/simplex.png", import.meta.url));

/** Only `npm run screenshot` writes it: a test changes no file that is kept. */
test.runIf(import.meta.env.MODE === "screenshot")("the picture of the README", async () => {
  const site = await serve();
  const browser = await openBrowser();
  try {
    const { page, errors } = await openPage(browser, site.url, { width: 1152, height: 720, deviceScaleFactor: 1.2 });
    await page.waitForSelector("#speed:not(:empty)");
    await page.evaluate(() => document.fonts.ready);
    mkdirSync(dirname(picture), { recursive: true });
    await page.screenshot({ path: picture, fullPage: true });
    expect(errors).toEqual([]);
  } finally {
    await browser.close();
    await site.close();
  }
});
