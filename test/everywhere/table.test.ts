import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { inFolder } from "./find.ts";
import type { Result } from "./outcome.ts";
import { readGolden } from "./project.ts";
import { PUBLISHED, type Results, readResults } from "./results.ts";
import { runtimes } from "./runtimes.ts";
import { renderText, withTable } from "./table.ts";

const START = "<!-- everywhere:start -->";
const END = "<!-- everywhere:end -->";

const read = (file: string): string => readFileSync(inFolder(`../../${file}`), "utf8");

const lines: readonly Result[] = [
  {
    id: "node",
    title: "Node",
    status: "identical",
    version: "24.1.0",
    build: "simd",
    cases: 1200,
    identical: 1200,
    hash: "01234567",
    seconds: 0.46,
  },
  { id: "bun", title: "Bun", status: "different", cases: 1200, identical: 1199, reason: "a | b", seconds: 2 },
  { id: "deno", title: "Deno", status: "failed", reason: "it ended", seconds: 1 },
  { id: "webkit", title: "WebKitGTK", status: "not run", reason: "not installed" },
];
const results: Results = { date: "2026-11-23", version: "0.1.0", golden: 1, results: lines };

describe("the table", () => {
  it("tells a terminal what ran, and counts what did not", () => {
    const [head, node, bun, deno, webkit, count] = renderText(lines).split("\n");
    expect(head).toMatch(/^runtime +version +build +cases +identical +example's hash +time +first difference$/);
    expect(node).toMatch(/^Node +24.1.0 +simd +1,200 +1,200 +01234567 +0.5 s +none$/);
    expect(bun).toMatch(/^Bun +1,200 +1,199 +2.0 s +a \| b$/);
    expect(deno).toMatch(/^Deno +failed +1.0 s +it ended$/);
    expect(webkit).toMatch(/^WebKitGTK +not run +not installed$/);
    expect(count).toBe("1 identical, 1 different, 1 failed, 1 not run: webkit");
  });

  it("goes between the markers of a document, and nowhere else", () => {
    const written = withTable(`before\n${START}\nstale\n${END}\nafter`, results);
    expect(written).toMatch(
      /^before\n<!-- everywhere:start -->\n\| runtime \|[\s\S]*\n<!-- everywhere:end -->\nafter$/,
    );
    expect(written).toContain("| a \\| b |");
    expect(written).not.toContain("stale");
    expect(withTable(written, results)).toBe(written);
    expect(() => withTable("no markers", results)).toThrow("expected the lines");
  });
});

describe("the published results", () => {
  const published = readResults(PUBLISHED);

  it("are those of the README", () => {
    expect(withTable(read("README.md"), published)).toBe(read("README.md"));
  });

  it("have a line for each runtime and are of the golden values of today", async () => {
    const golden = await readGolden();
    expect(published.results.map(({ id, title }) => ({ id, title }))).toEqual(
      runtimes.map(({ id, title }) => ({ id, title })),
    );
    expect(published.golden).toBe(golden[0].version);
    const cases = golden.flatMap((file) => file.cases).length;
    for (const result of published.results) if (result.cases !== undefined) expect(result.cases, result.id).toBe(cases);
  });

  it("that cannot be read say how to make them", () => {
    expect(() => readResults(inFolder("absent.json"))).toThrow("npm run test:everywhere -- --json");
    expect(() => readResults(inFolder("package.json"))).toThrow("does not hold results");
  });
});
