import type { Browser, Page } from "puppeteer-core";
import { foldIn, gumbelSoftmax, key } from "reparam";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { initial, type Settings, toHash } from "../src/settings.ts";
import { type Opened, openBrowser, openPage } from "./browser.ts";
import { distance, fnv1a, meanOfRelaxed, softmax } from "./expected.ts";
import { read, slide } from "./reading.ts";
import { type Site, serve } from "./site.ts";

let site: Site;
let browser: Browser;

beforeAll(async () => {
  site = await serve();
  browser = await openBrowser();
});

afterAll(async () => {
  await browser?.close();
  await site?.close();
});

/** Opens the page, and expects no error of it or its console when all was done. */
async function visit(address: string, act: (page: Page) => Promise<void>, by: Browser = browser): Promise<void> {
  const { page, errors }: Opened = await openPage(by, site.url + address);
  try {
    await act(page);
    expect(errors).toEqual([]);
  } finally {
    await page.close();
  }
}

const text = (page: Page, selector: string): Promise<string> =>
  page.$eval(selector, ({ textContent }) => textContent ?? "");

/** The hash of the same samples, drawn here in Node. */
function hashInNode({ logits, tau, n, seed, draw, hard }: Settings): string {
  const rows = Array.from({ length: 3 * n }, (_, i) => logits[i % 3]);
  const samples = gumbelSoftmax(foldIn(key(seed), draw), rows, { cols: 3, tau, hard });
  return fnv1a(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
}

describe("the law", () => {
  test("the argmax has the frequencies of softmax(logits), for logits set with the sliders", async () => {
    await visit("", async (page) => {
      await slide(page, "a", 3, 6); // -4 + 3 * 0.8 + 6 * 0.1
      await slide(page, "b", 6, 4);
      await slide(page, "c", 5, 5);
      await slide(page, "n", 10);
      const { probability, frequency, hash } = await read(page);
      const expected = softmax([-1, 1.2, 0.5]);
      expected.forEach((p, k) => {
        expect(Math.abs(probability[k] - p)).toBeLessThan(1e-6);
        // 4 standard errors of 16 000 draws: 1 in 16 000 fails by chance, and the seed is fixed.
        expect(Math.abs(frequency[k] - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / 16_000));
      });
      expect(hash).toBe(hashInNode({ ...initial, logits: [-1, 1.2, 0.5], n: 16_000 }));
    });
  });

  test("moving tau moves the mean and leaves the frequencies as they are, to the last bit", async () => {
    await visit("", async (page) => {
      const before = await read(page);
      await slide(page, "tau", 9);
      const after = await read(page);
      expect(after.tau).toBeGreaterThan(before.tau);
      expect(after.frequency).toEqual(before.frequency);
      expect(distance(after.mean, before.mean)).toBeGreaterThan(0.1);
      expect(after.hash).not.toBe(before.hash);
    });
  });

  test("the mean of the samples meets softmax(logits) as tau → 0 and 1/3 as tau → ∞", async () => {
    await visit("#n=16000", async (page) => {
      const probabilities = softmax(initial.logits);
      const uniform = [1 / 3, 1 / 3, 1 / 3];
      const distances: number[] = [];
      for (const tenths of [0, 5, 10]) {
        await slide(page, "tau", tenths);
        const { mean, tau } = await read(page);
        distances.push(distance(mean, probabilities));
        // 4 standard errors of a number between 0 and 1, of both.
        expect(distance(mean, meanOfRelaxed(initial.logits, tau))).toBeLessThan(4 * (0.5 / Math.sqrt(16_000) + 0.0016));
        if (tenths === 10) expect(distance(mean, uniform)).toBeLessThan(0.03); // of order 1 / tau, and tau is 20
      }
      const [cold, mild, hot] = distances;
      expect(cold).toBeLessThan(0.01); // what is left is the error of 16 000 draws
      expect(mild).toBeGreaterThan(cold);
      expect(hot).toBeGreaterThan(mild);
    });
  });

  test("straight-through samples have their frequencies as their mean", async () => {
    await visit("#tau=2", async (page) => {
      await page.click("#hard");
      const { frequency, mean, hash } = await read(page);
      expect(mean).toEqual(frequency);
      expect(hash).toBe(hashInNode({ ...initial, tau: 2, hard: true }));
    });
  });
});

describe("the settings", () => {
  test("are in the address, which brings the same samples back", async () => {
    const settings: Settings = { logits: [-0.3, 2.1, 0], tau: 0.123, n: 2000, seed: 4294967295, draw: 3, hard: false };
    await visit(toHash(settings), async (page) => {
      expect((await read(page)).hash).toBe(hashInNode(settings));
      await page.click("#redraw");
      const redrawn = { ...settings, draw: 4 };
      expect((await read(page)).hash).toBe(hashInNode(redrawn));
      await page.waitForFunction((hash) => location.hash === hash, {}, toHash(redrawn));
    });
  });

  test("that are wrong in the address are named, and the others used", async () => {
    await visit("#tau=-1&a=0.5", async (page) => {
      expect(await text(page, "#notice")).toBe(
        'tau in the address: expected a number from 0.02 to 20, got "-1"; 0.5 is used.',
      );
      expect((await read(page)).hash).toBe(hashInNode({ ...initial, logits: [0.5, 0, -0.8] }));
    });
  });

  test("a slider follows the mouse", async () => {
    await visit("", async (page) => {
      const track = await (await page.$("#tau"))?.boundingBox();
      if (!track) throw new Error("no slider");
      const y = track.y + track.height / 2;
      await page.mouse.move(track.x + track.width / 2, y);
      await page.mouse.down();
      await page.mouse.move(track.x + track.width + 20, y, { steps: 10 });
      await page.mouse.up();
      expect((await read(page)).tau).toBe(20);
    });
  });

  test("annealing lowers tau in every frame, and stops when asked to", async () => {
    await visit("", async (page) => {
      await page.click("#play");
      const taus = await page.evaluate(async () => {
        const seen: number[] = [];
        for (let frame = 0; frame < 30; frame++) {
          await new Promise(requestAnimationFrame);
          if (frame > 1) seen.push(Number(document.querySelector("#tau + output")?.textContent));
        }
        return seen;
      });
      expect(taus[0]).toBeLessThanOrEqual(5);
      expect(taus.at(-1)).toBeLessThan(taus[0]);
      expect(taus).toEqual([...taus].sort((a, b) => b - a));
      await page.click("#play");
      const stopped = await read(page);
      expect((await read(page)).tau).toBe(stopped.tau);
    });
  });
});

describe("what it runs on", () => {
  test("names the SIMD build, the browser and the speed", async () => {
    await visit("", async (page) => {
      expect(await text(page, "#build")).toBe("simd");
      expect(await text(page, "#runtime")).toMatch(/^(Headless)?Chrom(e|ium) \d+/);
      await page.waitForFunction(() => document.querySelector("#speed:not(:empty)"));
      expect(await text(page, "#speed")).toMatch(/^\d+\.\d ns an element$/);
      expect(await text(page, "#memory")).toMatch(/^\d+ KiB$/);
    });
  });

  test("a redraw of 4 000 samples fits into a frame", async () => {
    await visit("", async (page) => {
      const times: number[] = [];
      for (let i = 0; i < 21; i++) {
        await page.click("#redraw");
        await read(page);
        times.push(Number.parseFloat(await text(page, "#redraw-time")));
      }
      // Not the median: other programs of a busy machine only add to it.
      expect(times.sort((a, b) => a - b)[5]).toBeLessThan(1000 / 60);
    });
  });

  test("without SIMD it is the scalar build, and the same hash", async () => {
    const old = await openBrowser("--js-flags=--no-enable-sse4-1");
    try {
      await visit(
        "",
        async (page) => {
          expect(await text(page, "#build")).toBe("scalar");
          expect((await read(page)).hash).toBe(hashInNode(initial));
        },
        old,
      );
    } finally {
      await old.close();
    }
  });

  test("a policy that forbids WebAssembly is told in words that name its remedy", async () => {
    const strict = await serve("script-src 'self'");
    try {
      const { page, errors } = await openPage(browser, strict.url);
      expect(await text(page, "#notice")).toMatch(
        /^This page cannot draw\. WebAssembly: expected permission .*'wasm-unsafe-eval'/,
      );
      expect(errors.filter((error) => !/WebAssembly|wasm/.test(error))).toEqual([]);
    } finally {
      await strict.close();
    }
  });
});

test("nothing is wider than the page on a telephone, and the sliders have names", async () => {
  const { page, errors } = await openPage(browser, site.url, { width: 360, height: 740 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
  const names = await page.$$eval("input", (inputs) => inputs.map(({ labels }) => labels?.[0]?.textContent?.trim()));
  expect(names).toEqual(["A", "B", "C", "τ", "n", "seed", expect.stringContaining("straight-through")]);
  expect(errors).toEqual([]);
});
