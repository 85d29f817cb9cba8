import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { withTables } from "../../scripts/distributions-table.ts";

test("docs/distributions.md has the tables that the classes give: npx tsx scripts/distributions-table.ts", () => {
  const text = readFileSync(new URL("../../docs/distributions.md", import.meta.url), "utf8");
  expect(withTables(text)).toBe(text);
});
