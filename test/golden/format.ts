/** What a golden file holds; README.md has the same for readers in other languages. */
export interface GoldenFile {
  /** Of all golden values together: it goes up when any of them changes. */
  readonly version: number;
  readonly description: string;
  readonly cases: readonly GoldenCase[];
}

export interface GoldenCase {
  readonly name: string;
  readonly call: string;
  readonly arguments: Arguments;
  /** By the name of the result. Filled in by scripts/golden.ts, from this library. */
  readonly expected?: Readonly<Record<string, Expected>>;
}

export type Arguments = Readonly<Record<string, unknown>>;

export interface Expected {
  /** f32, f64, u32 or i32. */
  readonly type: string;
  readonly shape: readonly number[];
  /** Every element in hexadecimal; of long arrays there are the first, the last, and a hash of all. */
  readonly bits?: string;
  readonly first?: string;
  readonly last?: string;
  readonly fnv1a64?: string;
}

export interface Result {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array | Uint32Array | Int32Array;
}

export type Results = Readonly<Record<string, Result>>;

/** The library, handed in: the files of this folder run in every engine, however it was loaded there. */
export interface Api {
  readonly main: typeof import("../../bindings/index.ts");
  readonly graph: typeof import("../../bindings/graph/index.ts");
  readonly distributions: typeof import("../../bindings/distributions/index.ts");
  readonly inference: typeof import("../../bindings/inference/index.ts");
}

/** Computes a case from its arguments. */
export type Call = (api: Api, a: Arguments) => Results | Promise<Results>;

/** A result of one dimension. */
export const list = (data: Result["data"]): Result => ({ shape: [data.length], data });
