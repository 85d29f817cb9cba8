import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Result } from "./outcome.ts";
import { PUBLISHED, readResults } from "./results.ts";
import { renderMarkdown, renderText, withTable } from "./table.ts";
import { inFolder } from "./tools.ts";

const START = "<!-- bundlers:start -->";
const END = "<!-- bundlers:end -->";

const results: Result[] = [
  {
    id: "vite",
    title: "vite build",
    status: "passed",
    version: "8.3.8",
    places: "Chromium",
    one: { minified: 65_000, gzip: 21_842 },
    slim: { minified: 16_000, gzip: 6_549 },
    seconds: 9.84,
  },
  { id: "next", title: "Next.js", status: "not run", reason: "next is not | installed" },
];

describe("the table", () => {
  it("on a terminal has aligned columns, and the counts", () => {
    expect(renderText(results).split("\n")).toEqual([
      "bundler     version  result   ran in, same bits        one function, gzip  slim, gzip   time",
      "vite build  8.3.8    passed   Chromium                            21.8 kB      6.5 kB  9.8 s",
      "Next.js              not run  next is not | installed",
      "1 passed, 0 failed, 1 not run: next",
    ]);
  });

  it("in a document goes between its markers", () => {
    const text = renderMarkdown({ date: "2026-11-23", version: "0.1.0", node: "20.20.2", results });
    expect(text).toContain("| vite build | 8.3.8 | passed | Chromium | 21.8 kB | 6.5 kB | 9.8 s |");
    expect(text).toContain("| next is not \\| installed |");
    const published = { date: "2026-11-23", version: "0.1.0", node: "20.20.2", results };
    expect(withTable(`a\n${START}\nold\n${END}\nb\n`, published)).toBe(`a\n${START}\n\n${text}\n\n${END}\nb\n`);
    expect(() => withTable("a", published)).toThrow(`expected the lines ${START} and ${END}`);
  });

  it("of docs/bundlers.md is that of results.json", () => {
    const document = readFileSync(inFolder("../../docs/bundlers.md"), "utf8");
    expect(withTable(document, readResults(PUBLISHED))).toBe(document);
  });
});
