import type { Histogram } from "./count.ts";

/**
 * From wasm operations to x86-64 instructions with AVX, as V8 emits them. The table gives what is not one instruction of the
 * class its name tells; bench/roofline/listing.ts compares it with the code of the core that the running engine emits.
 * A load is an instruction of its own: V8 makes none of them an operand of vector arithmetic.
 *
 * Scalar floats are computed by the vector units and counted with them.
 */
export const VECTOR_CLASSES = [
  "multiply",
  "add",
  "compare",
  "convert",
  "divide",
  "root",
  "logic",
  "shift",
  "integer multiply",
  "shuffle",
  "transfer",
] as const;

export type VectorClass = (typeof VECTOR_CLASSES)[number];
export type Class = VectorClass | "load" | "store" | "scalar";
export type Counts = Readonly<Partial<Record<Class, number>>>;

/** The architecture that the table holds for, as process.arch names it. */
export const ARCHITECTURE = "x64";

const EXCEPTIONS: Readonly<Record<string, Counts>> = {
  // Two interleavings that widen, and the product.
  "i64x2.extmul_low_i32x4_u": { shuffle: 2, "integer multiply": 1 },
  "i64x2.extmul_high_i32x4_u": { shuffle: 2, "integer multiply": 1 },
  "v128.bitselect": { logic: 3 },
  "v128.not": { logic: 2 },
  // The greatest of both, equal to the right one?, and the opposite.
  "i32x4.lt_u": { logic: 4 },
  // The upper and the lower half of the bits, converted by themselves.
  "f32x4.convert_i32x4_u": { logic: 3, shift: 1, convert: 2, add: 2 },
  "i32x4.splat": { transfer: 1, shuffle: 1 },
  "f32x4.splat": { shuffle: 1 },
  "f64x2.splat": { shuffle: 1 },
  "f32x4.extract_lane": { shuffle: 1 },
  "f64x2.extract_lane": { shuffle: 1 },
  "v128.any_true": { transfer: 1, scalar: 1 },
  "i32x4.all_true": { logic: 2, transfer: 1, scalar: 1 },
  "v128.load32_splat": { load: 1 },
  "v128.load32_zero": { load: 1 },
  "v128.load64_zero": { load: 1 },
  "v128.load32_lane": { load: 1, shuffle: 1 },
  "v128.store32_lane": { store: 1 },
  "v128.store64_lane": { store: 1 },
  "v128.const": { logic: 1 },
  "f32.abs": { logic: 1 },
  "f64.abs": { logic: 1 },
  "f32.neg": { logic: 1 },
  "f64.neg": { logic: 1 },
  "i32.reinterpret_f32": { transfer: 1 },
  "f32.reinterpret_i32": { transfer: 1 },
  "i64.reinterpret_f64": { transfer: 1 },
  "f64.reinterpret_i64": { transfer: 1 },
  "i64x2.extract_lane": { transfer: 1 },
  "i32.trunc_sat_f64_s": { convert: 1 },
  "i32.wrap_i64": {},
  "global.get": { load: 1 },
  "global.set": { store: 1 },
};

const PATTERNS: readonly (readonly [name: RegExp, counts: Counts])[] = [
  // One instruction with the branch or the selection that it decides.
  [/^i(?:32|64)\.(?:eqz?|ne|[lg][te]_[su])$/, {}],
  [/\.load/, { load: 1 }],
  [/\.store/, { store: 1 }],
  [/^f\d+(?:x\d)?\.mul$/, { multiply: 1 }],
  [/^f\d+(?:x\d)?\.(?:add|sub)$/, { add: 1 }],
  [/^f\d+(?:x\d)?\.(?:eq|ne|lt|gt|le|ge|p?min|p?max)$/, { compare: 1 }],
  [/^f\d+(?:x\d)?\.(?:convert|promote|demote|nearest|ceil|floor|trunc)/, { convert: 1 }],
  [/^f\d+(?:x\d)?\.div$/, { divide: 1 }],
  [/^f\d+(?:x\d)?\.sqrt$/, { root: 1 }],
  [/^v128\.(?:and|or|xor|andnot)$/, { logic: 1 }],
  [/^f(?:32x4|64x2)\.(?:abs|neg)$/, { logic: 1 }],
  [/^i\d+x\d+\.(?:add|sub|eq|ne|lt_s|gt_s|min_\w|max_\w|abs|neg)$/, { logic: 1 }],
  [/^i\d+x\d+\.sh[lr]/, { shift: 1 }],
  [/^i\d+x\d+\.mul$/, { "integer multiply": 1 }],
  [/^i8x16\.(?:shuffle|swizzle)$/, { shuffle: 1 }],
  [/^(?:i32|i64)\.|^(?:if|br|br_if|br_table|select|call|memory\.\w+)$/, { scalar: 1 }],
];

/** @throws Error for an operation that the table does not know: it must be looked up in the emitted code first */
export function instructionsOf(operation: string): Counts {
  const counts = EXCEPTIONS[operation] ?? PATTERNS.find(([name]) => name.test(operation))?.[1];
  if (!counts) throw new Error(`${operation}: not in the table of bench/roofline/lowering.ts`);
  return counts;
}

export function lowered(operations: Histogram): Counts {
  const counts: Partial<Record<Class, number>> = {};
  for (const [operation, count] of operations)
    for (const [kind, each] of Object.entries(instructionsOf(operation)) as [Class, number][])
      counts[kind] = (counts[kind] ?? 0) + count * each;
  return counts;
}

export const total = (counts: Counts): number => Object.values(counts).reduce((sum, count) => sum + count, 0);

export const vectorTotal = (counts: Counts): number =>
  VECTOR_CLASSES.reduce((sum, kind) => sum + (counts[kind] ?? 0), 0);
