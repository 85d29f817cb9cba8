import binaryen from "assemblyscript/binaryen";

/**
 * Loops that do one thing as fast as the machine can: independent chains, as many as hide the latency of an operation and
 * still leave registers for the operands they share.
 */
const CHAINS = 12;
const UNROLLED = 4;
const ITERATIONS = 500;
/** V8 11 moves all loads of a turn to its start: no more of them than there are registers, and one round a turn. */
const LOADING_CHAINS = 7;
/** There are more registers for vectors than for scalars. */
const SCALAR_CHAINS = 8;

/** How a chain goes on from $x: with an operand that keeps it among normal numbers. */
const STEPS = {
  multiply: "(f32x4.mul (local.get $x) (local.get $one))",
  add: "(f32x4.add (local.get $x) (local.get $zero))",
  compare: "(f32x4.pmax (local.get $x) (local.get $one))",
  convert: "(f32x4.convert_i32x4_s (local.get $x))",
  divide: "(f32x4.div (local.get $one) (local.get $x))",
  // From [1, 2) to [2, 4) and back, as the bits of infinity are those of the exponent.
  root: "(f32x4.sqrt (v128.xor (local.get $x) (local.get $infinity)))",
  logic: "(v128.xor (local.get $x) (local.get $one))",
  shift: "(i32x4.shl (local.get $x) (i32.const 1))",
  "integer multiply": "(i32x4.dot_i16x8_s (local.get $x) (local.get $one))",
  shuffle: "(i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $x) (local.get $one))",
  load: "(v128.xor (local.get $x) (v128.load offset=OFFSET (local.get $at)))",
} as const;

export type Step = keyof typeof STEPS;

/** A loop to be timed, and how many operations a call does of what it is about. */
export interface Loop {
  readonly run: () => void;
  readonly operations: number;
}

/** Chains of these steps, the same number of each. */
export function vectorLoop(steps: readonly Step[]): Loop {
  const [most, rounds] = steps.includes("load") ? [LOADING_CHAINS, 1] : [CHAINS, UNROLLED];
  const chains = most - (most % steps.length);
  const names = Array.from({ length: chains }, (_, i) => `$x${i}`);
  const turn = (round: number) =>
    names.map((x, i) => {
      const step = STEPS[steps[i % steps.length]].replaceAll("$x)", `${x})`);
      return `(local.set ${x} ${step.replace("OFFSET", String(16 * (round * chains + i)))})`;
    });
  return compiled(
    `${locals([...names, "$one", "$zero", "$infinity"], "v128")}
     ${["$one", "$zero", "$infinity"].map((name, i) => `(local.set ${name} (v128.load (i32.const ${16 * i})))`).join("")}
     ${names.map((x) => `(local.set ${x} (v128.load (i32.const 48)))`).join("")}`,
    Array.from({ length: rounds }, (_, round) => turn(round)).flat(),
    `(v128.store (i32.const 64) ${folded("v128.xor", names)})`,
  );
}

export const storeLoop = (): Loop =>
  compiled(
    "(local $x v128)",
    Array.from(
      { length: CHAINS * UNROLLED },
      (_, i) => `(v128.store offset=${1024 + 16 * i} (local.get $at) (local.get $x))`,
    ),
    "",
  );

export function scalarLoop(): Loop {
  const names = Array.from({ length: SCALAR_CHAINS }, (_, i) => `$x${i}`);
  const turn = (operation: string) =>
    names.map((x) => `(local.set ${x} (i32.${operation} (local.get ${x}) (local.get $by)))`);
  return compiled(
    `${locals([...names, "$by"], "i32")} (local.set $by (i32.load (i32.const 0)))`,
    Array.from({ length: UNROLLED / 2 }, () => [...turn("add"), ...turn("xor")]).flat(),
    `(i32.store (i32.const 64) ${folded("i32.xor", names)})`,
  );
}

/** Some of everything, for how much can begin at a time: vector logic, loads and scalars. */
export function mixedLoop(): Loop {
  const vectors = Array.from({ length: 8 }, (_, i) => `$v${i}`);
  const scalars = Array.from({ length: 6 }, (_, i) => `$s${i}`);
  const turn = (round: number) =>
    vectors.flatMap((v, i) => [
      `(local.set ${v} (v128.xor (local.get ${v}) ${i % 4 === 0 ? loadAt(8 * round + i) : "(local.get $one)"}))`,
      ...scalars.slice(i, i + 1).map((s) => `(local.set ${s} (i32.add (local.get ${s}) (local.get $i)))`),
    ]);
  const loop = compiled(
    `${locals([...vectors, "$one"], "v128")}${locals(scalars, "i32")} (local.set $one (v128.load (i32.const 0)))`,
    Array.from({ length: UNROLLED }, (_, round) => turn(round)).flat(),
    `(v128.store (i32.const 64) ${folded("v128.xor", vectors)}) (i32.store (i32.const 80) ${folded("i32.xor", scalars)})`,
  );
  const perTurn = vectors.length + vectors.length / 4 + scalars.length;
  return { ...loop, operations: ITERATIONS * UNROLLED * perTurn };
}

const loadAt = (place: number): string => `(v128.load offset=${16 * place} (local.get $at))`;

const folded = (operation: string, names: readonly string[]): string =>
  names.map((name) => `(local.get ${name})`).reduce((a, b) => `(${operation} ${a} ${b})`);

const locals = (names: readonly string[], type: string): string =>
  names.map((name) => `(local ${name} ${type})`).join("");

const OPERANDS = [1, 0, Infinity, 1.5];

/** Operands are in memory, where no compiler knows them: OPERANDS, each in every lane, from address 0 on. */
function compiled(before: string, body: readonly string[], after: string): Loop {
  const declarations = before.match(/^(?:\(local \S+ \w+\))*/)?.[0] ?? "";
  const module = binaryen.parseText(`(module (memory (export "memory") 1)
    (func (export "run") (local $i i32) (local $at i32) ${declarations}
      (local.set $i (i32.const ${ITERATIONS})) ${before.slice(declarations.length)}
      (loop $again ${body.join("\n")}
        (br_if $again (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
      ${after}))`);
  module.setFeatures(binaryen.Features.All);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(module.emitBinary())));
  module.dispose();
  const values = new Float32Array((exports.memory as WebAssembly.Memory).buffer);
  OPERANDS.forEach((value, place) => {
    values.fill(value, 4 * place, 4 * place + 4);
  });
  return { run: exports.run as () => void, operations: ITERATIONS * body.length };
}
