import { describe, expect, test } from "vitest";
import { BATTERIES } from "../scripts/randomness/batteries.ts";
import type { Words } from "../scripts/randomness/chunks.ts";
import { CONTROLS, philoxOfRounds } from "../scripts/randomness/controls.ts";
import { parseDieharder } from "../scripts/randomness/dieharder.ts";
import { feed } from "../scripts/randomness/feed.ts";
import { STREAMS } from "../scripts/randomness/streams.ts";
import { withTables } from "../scripts/randomness/table.ts";
import { parseTestU01 } from "../scripts/randomness/testu01.ts";
import { bit32, bits, foldIn, split } from "./reference/noise.ts";
import { KNOWN_ANSWERS, philox } from "./reference/philox.ts";

/** npm run test:randomness (docs/randomness.md): that the sequences are what they are said to be, and the answers are read right. */

const root = { hi: 0, lo: 0x5eed };

const pieceOf = (id: string): Uint32Array => {
  const [piece] = STREAMS.find((stream) => stream.id === id)?.words() ?? [];
  return piece as Uint32Array;
};

const first = (id: string, n: number): number[] => [...pieceOf(id).subarray(0, n)];
const blocks = (counters: readonly (readonly [number, number, number, number])[]): number[] =>
  counters.flatMap((counter) => [...philox(counter, [root.lo, root.hi])]);

describe("a sequence", () => {
  const single = [...bits(root, 8)];
  const reverse = (x: number): number => Number.parseInt([...x.toString(2).padStart(32, "0")].reverse().join(""), 2);

  test.each([
    ["single", single],
    ["carry", [...bits(root, 4, 2 ** 34 - 2 ** 26)]],
    ["reversed", single.map(reverse)],
    ["low", [0, 2].map((i) => (((single[i] & 0xffff) << 16) | (single[i + 1] & 0xffff)) >>> 0)],
    ["high", [0, 2].map((i) => ((single[i] & 0xffff0000) | (single[i + 1] >>> 16)) >>> 0)],
    ["split-2", [0, 1, 2].flatMap((e) => split(root, 2).map((child) => bit32(child, e)))],
    ["split-1000", [0, 1].flatMap((e) => split(root, 1000).map((child) => bit32(child, e)))],
    ["fold-in", [0, 1, 2].map((i) => bit32(foldIn(root, i), 0))],
    ["fold-in-keys", [0, 1, 2].map((i) => foldIn(root, i)).flatMap(({ lo, hi }) => [lo, hi])],
    ["seeds", [0, 1, 2].flatMap((lo) => [...bits({ hi: 0, lo }, 4)])],
    ["stride-4", [0, 4, 8].map((e) => bit32(root, e))],
    ["stride-2^20", [0, 1, 2].map((i) => bit32(root, i * 2 ** 20))],
    ["stride-2^32", [0, 1, 2].map((i) => bit32(root, i * 2 ** 32))],
    ["draws", blocks([0, 1, 2].map((draw) => [0, 0, 0, draw]))],
    ["draws-8", blocks([0, 7, 8, 9].map((i) => [i % 8, 0, 0, i >> 3])).slice(0, 4)],
    ["tails", blocks([0, 1].map((b) => [b, 0, 1, 0]))],
    ["words-tails", blocks([0, 1, 2].map((i) => [i >> 1, 0, i & 1, 0]))],
  ] as [string, number[]][])("%s is what it is said to be", (id, words) => {
    expect(first(id, words.length)).toEqual(words);
  });

  test("none is left out of the test above, and none is in two roles", () => {
    expect(STREAMS).toHaveLength(17);
    const ids = [...STREAMS, ...CONTROLS].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { streams } of BATTERIES) expect(ids).toEqual(expect.arrayContaining([...streams]));
  });

  test("goes on from piece to piece", () => {
    const [one, two] = take(STREAMS[0].words(), 2);
    expect([...two.subarray(0, 4)]).toEqual([...bits(root, 4, one.length)]);
  });

  test("of eight blocks a draw begins draw 1 after its eighth", () => {
    expect([...pieceOf("draws-8").subarray(32, 36)]).toEqual(blocks([[0, 0, 0, 1]]));
  });
});

function take(words: Words, n: number): Uint32Array[] {
  const taken: Uint32Array[] = [];
  for (const piece of words) if (taken.push(piece) === n) break;
  return taken;
}

test("the control is Philox but for its rounds: with ten it gives the published answer", () => {
  const [piece] = philoxOfRounds(10);
  expect([...piece.subarray(0, 4)]).toEqual(KNOWN_ANSWERS[0].output);
});

describe("a program", () => {
  const signal = new AbortController().signal;

  test("is fed until it has enough, and no longer", async () => {
    const { output, bytes } = await feed(["head", "-c", "16"], STREAMS[0].words(), signal);
    expect(output).toHaveLength(Buffer.from(bits(root, 4).buffer).toString("utf8").length);
    expect(bytes).toBeLessThan(1e8);
  });

  test("that fails says so", async () => {
    await expect(feed(["sh", "-c", "echo no >&2; exit 3"], STREAMS[0].words(), signal)).rejects.toThrow(
      "ended with 3: no",
    );
    await expect(feed(["no-such-program"], STREAMS[0].words(), signal)).rejects.toThrow("ENOENT");
  });

  test("stops when it is told to", async () => {
    const stop = new AbortController();
    const fed = feed(["sh", "-c", "cat >/dev/null"], STREAMS[0].words(), stop.signal);
    setTimeout(() => stop.abort(), 100);
    await expect(fed).rejects.toThrow("aborted");
  });
});

describe("answers", () => {
  test("of TestU01's program: p-value, tab, name", () => {
    const output = "\n All tests were passed\n0.682969\tBirthdaySpacings\n1e-300\tRandomWalk1 H (L = 320)\n";
    expect(parseTestU01(output)).toEqual([
      { test: "BirthdaySpacings", p: 0.682969 },
      { test: "RandomWalk1 H (L = 320)", p: 1e-300 },
    ]);
  });

  test("of dieharder: name, ntuple, samples, p-value", () => {
    const output =
      "#====#\n      diehard_operm5|   0|   1000000|     100|0.54726593\n     sts_serial|  16|  100000|  100|0.00000000\n";
    expect(parseDieharder(output)).toEqual([
      { test: "diehard_operm5 0", p: 0.54726593 },
      { test: "sts_serial 16", p: 0 },
    ]);
  });

  test("become tables: weak ones in italics, failed ones in bold, controls apart", () => {
    const page = ["streams", "controls", "summary", "details"]
      .map((name) => `<!-- ${name}:start -->\n<!-- ${name}:end -->`)
      .join("\n");
    const tested = { battery: "smallcrush", bytes: 2e9, seconds: 60, date: "2026-01-01", version: "1.0.0" };
    const text = withTables(page, [
      { ...tested, stream: "randu", tests: [{ test: "Gap", p: 0 }] },
      { ...tested, stream: "single", tests: [{ test: "Gap", p: 0.996 }] },
    ]);
    expect(text).toContain(
      "1 p-values, of which 1 are weak, where 0.0 are expected by chance, and 0 fail. The controls: 1 of 1 runs fail.",
    );
    expect(text).toContain("| Gap | *0.996* | **0** |");
  });
});
