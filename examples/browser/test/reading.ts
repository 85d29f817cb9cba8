import type { Page } from "puppeteer-core";

export interface Reading {
  readonly probability: readonly number[];
  readonly frequency: readonly number[];
  readonly mean: readonly number[];
  readonly hash: string;
  readonly tau: number;
}

/** What the page shows, in full precision, once it has shown all that was asked of it. */
export function read(page: Page): Promise<Reading> {
  return page.evaluate(async () => {
    // The redraw is in the next frame, so in the one after it is done.
    for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
    const text = (selector: string): string => document.querySelector(selector)?.textContent ?? "";
    const rows = [...document.querySelectorAll("#law tr")].map((row) =>
      [...row.querySelectorAll("data")].map(({ value }) => Number(value)),
    );
    return {
      probability: rows.map(([value]) => value),
      frequency: rows.map(([, value]) => value),
      mean: rows.map(([, , value]) => value),
      hash: text("#hash"),
      tau: Number(text("#tau + output")),
    };
  });
}

/** Moves a slider as a hand does: from its lower end, a tenth of its way or a step at a time. */
export async function slide(page: Page, name: string, tenths: number, steps = 0): Promise<void> {
  await page.focus(`#${name}`);
  await page.keyboard.press("Home");
  for (let i = 0; i < tenths; i++) await page.keyboard.press("PageUp");
  for (let i = 0; i < steps; i++) await page.keyboard.press("ArrowRight");
}
