import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { JOBS } from "./jobs.ts";
import { falseAlarmRate, hasPassed } from "./outcome.ts";
import { PUBLISHED, readResults } from "./results.ts";
import { withReport } from "./table.ts";

describe("the published report", () => {
  const results = readResults(PUBLISHED);

  test("has outcomes of every job there is, and of no other: else npm run test:statistics -- --write", () => {
    const names = JOBS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect([...new Set(results.outcomes.map(({ job }) => job))]).toEqual(names);
  });

  test("passed, and says so by its outcomes", () => {
    expect(results.outcomes.filter((outcome) => !hasPassed(outcome))).toEqual([]);
    expect(results.falseAlarm).toBe(falseAlarmRate(results.outcomes));
  });

  test("is what docs/statistics.md shows", () => {
    const document = readFileSync(fileURLToPath(new URL("../../docs/statistics.md", import.meta.url)), "utf8");
    expect(withReport(document, results)).toBe(document);
  });
});
