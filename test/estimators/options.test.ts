import { describe, expect, test } from "vitest";
import { type Block, short, toHtml, toMarkdown } from "../../examples/estimators/blocks.ts";
import { parseOptions } from "../../examples/estimators/options.ts";

describe("options", () => {
  test("have defaults", () => {
    const { only, ...rest } = parseOptions([]);
    expect(only).toEqual(["toy", "shared", "simplex", "categorical", "vae"]);
    expect(rest).toEqual({ quick: false, publish: false, out: "out/estimators", seed: 0, help: false });
  });

  test("are read", () => {
    expect(parseOptions(["--only", "toy,vae", "--quick", "--out=x", "--seed", "7"])).toMatchObject({
      only: ["toy", "vae"],
      quick: true,
      out: "x",
      seed: 7,
    });
  });

  test.each([
    [["--only", "toys"], '--only: expected names among toy, shared, simplex, categorical, vae, got "toys"'],
    [["--only"], "--only: expected a value after it, got none"],
    [["--fast"], "--fast: expected one of --only, --quick, --publish, --out, --seed, --help, got an unknown flag"],
    [["toy"], "toy: expected a flag such as --only, got a stray word"],
    [["--quick=1"], '--quick: expected no value, got "1"'],
    [["--seed", "-1"], '--seed: expected a whole number from 0 on, got "-1"'],
    [["--seed", "one"], '--seed: expected a whole number from 0 on, got "one"'],
    [["--quick", "--publish"], "--publish: expected a full run, got --quick"],
  ])("%j is refused", (args, message) => {
    expect(() => parseOptions(args)).toThrow(message);
  });
});

test("blocks are written as Markdown and HTML", () => {
  const blocks: Block[] = [
    { type: "text", text: "a < b, `c`" },
    { type: "table", head: ["x", "y"], rows: [["a|b", "1"]] },
    { type: "figure", file: "f.svg", alt: "F", svg: "<svg/>" },
  ];
  expect(toMarkdown(blocks, "images")).toBe(
    "a < b, `c`\n\n| x | y |\n| :-- | --: |\n| a\\|b | 1 |\n\n![F](images/f.svg)",
  );
  expect(toHtml(blocks)).toContain("<p>a &lt; b, <code>c</code></p>");
  expect(toHtml(blocks)).toContain("<td>a|b</td>");
  expect(toHtml(blocks)).toContain("<figure><svg/></figure>");
});

test.each([
  [0, "0"],
  [0.4512, "0.451"],
  [1234, "1230"],
  [0.00002, "2e-5"],
  [-3.14159e-7, "-3.1e-7"],
])("%d is shown as %s", (value, shown) => expect(short(value)).toBe(shown));
