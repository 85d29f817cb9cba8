import { describe, expect, test } from "vitest";
import { core } from "../bindings/core/index.ts";
import { ReparamError } from "../bindings/index.ts";
import { BAD_ARRAYS } from "./bad-input/arrays.ts";
import { type BadCall, makeFixtures, stateOf } from "./bad-input/bad-call.ts";
import { BAD_CHECKPOINTS } from "./bad-input/checkpoints.ts";
import { BAD_CONDITIONAL } from "./bad-input/conditional.ts";
import { BAD_OPTIMIZERS } from "./bad-input/optimizers.ts";
import { BAD_SAMPLING } from "./bad-input/sampling.ts";
import { BAD_SHAPES } from "./bad-input/shapes.ts";
import { BAD_STATES } from "./bad-input/stream-states.ts";
import { BAD_STREAMS } from "./bad-input/streams.ts";
import { BAD_TENSORS } from "./bad-input/tensors.ts";
import { BUILDS, useBuild } from "./builds.ts";

const ROWS = [
  BAD_ARRAYS,
  BAD_SAMPLING,
  BAD_CONDITIONAL,
  BAD_STATES,
  BAD_STREAMS,
  BAD_SHAPES,
  BAD_TENSORS,
  BAD_OPTIMIZERS,
  BAD_CHECKPOINTS,
].flat();
const TABLE: [name: string, row: BadCall][] = ROWS.map((row) => [row.name, row]);

/** The error of a call that has to fail. */
function failureOf(call: () => unknown): ReparamError {
  try {
    call();
  } catch (error) {
    if (error instanceof ReparamError) return error;
    throw new Error("the error is not one of this library's", { cause: error });
  }
  throw new Error("no error was thrown");
}

describe("bad input", () => {
  useBuild("simd");
  const fixtures = makeFixtures();

  test.each(TABLE)("%s is refused, says why, and harms nothing", (_, { call, error, argument, message }) => {
    const before = stateOf(fixtures);
    const failure = failureOf(() => call(fixtures));
    expect(failure.constructor).toBe(error);
    expect(failure.name).toBe(error.name);
    expect(failure.argument).toBe(argument);
    expect(failure.message).toBe(`${argument}: expected ${failure.expected}, got ${failure.received}`);
    const said = failure.message.slice(`${argument}: expected `.length);
    if (typeof message === "string") expect(said).toBe(message);
    else expect(said).toMatch(message);
    expect(said.length).toBeLessThan(300);
    expect(stateOf(fixtures)).toEqual(before);
  });

  test("the whole table, 50 times over, takes no memory", () => {
    const all = () => {
      for (const { call } of ROWS)
        try {
          call(fixtures);
        } catch {}
      return core().bytes;
    };
    all();
    const settled = all();
    for (let round = 0; round < 50; round++) all();
    expect(core().bytes).toBe(settled);
    expect(core().arena.mark()).toBe(0);
  });

  test("every build refuses it with the same words", () => {
    const [simd, ...others] = BUILDS.map((build) => {
      useBuild(build);
      const own = makeFixtures();
      return ROWS.map(({ name, call }) => {
        try {
          return `${name}: ${call(own)}`;
        } catch (error) {
          return `${name}: ${error}`;
        }
      });
    });
    for (const other of others) expect(other).toEqual(simd);
  });
});
