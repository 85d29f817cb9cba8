import binaryen from "assemblyscript/binaryen";

/** Of operations, by their names in the text format: f32x4.mul, v128.load, if. */
export type Histogram = ReadonlyMap<string, number>;

/** Code that is executed from its first operation to its last. */
export interface Region {
  /** The place of its function in the module. */
  readonly place: number;
  readonly operations: Histogram;
}

/** A module that counts how often each region is entered, and the regions. */
export interface Counting {
  readonly wasm: Uint8Array<ArrayBuffer>;
  readonly regions: readonly Region[];
}

/** Move values, or are part of another operation. */
const FREE = /^(?:local\.|[if](?:32|64)\.const$|drop$|block$|loop$|return$|nop$|unreachable$)/;

/**
 * Counts are exact and depend on the module alone. The optimizer's flatten pass takes the control flow out of expressions and
 * changes no operation: what is left are lists of statements, in which a region ends where the flow may part.
 */
export function counting(wasm: Uint8Array): Counting {
  const module = binaryen.readBinary(wasm);
  module.setFeatures(binaryen.Features.All);
  module.runPasses(["flatten"]);
  const regions: Region[] = [];
  // All of them first: one that is replaced moves to the end.
  const functions = Array.from({ length: module.getNumFunctions() }, (_, place) =>
    binaryen.getFunctionInfo(module.getFunctionByIndex(place)),
  );
  for (const [place, { name, module: imported, params, results, vars, body }] of functions.entries()) {
    if (imported) continue;
    const counted = new Counter(module, place, regions).list(body);
    module.removeFunction(name);
    module.addFunction(name, params, results, vars, counted);
  }
  regions.forEach((_, region) => {
    module.addGlobal(counterOf(region), binaryen.f64, true, module.f64.const(0));
    module.addGlobalExport(counterOf(region), counterOf(region));
  });
  if (!module.validate()) throw new Error("the module that counts is not valid");
  // A copy: the bytes may belong to a buffer that is shared or longer.
  return { wasm: new Uint8Array(module.emitBinary()), regions };
}

const counterOf = (region: number): string => `entered${region}`;

/** What an instance of a counting module has executed since its start. */
export function executed({ regions }: Counting, exports: WebAssembly.Exports): Histogram {
  return sum(
    regions.map(({ operations }, region) => [operations, (exports[counterOf(region)] as WebAssembly.Global).value]),
  );
}

/** Each histogram so many times. */
export function sum(parts: readonly (readonly [operations: Histogram, times: number])[]): Histogram {
  const total = new Map<string, number>();
  for (const [operations, times] of parts)
    if (times !== 0) for (const [name, count] of operations) total.set(name, (total.get(name) ?? 0) + count * times);
  return total;
}

class Counter {
  readonly #module: binaryen.Module;
  readonly #place: number;
  readonly #regions: Region[];

  constructor(module: binaryen.Module, place: number, regions: Region[]) {
    this.#module = module;
    this.#place = place;
    this.#regions = regions;
  }

  /** The statement, or the block, with a counter before each of its regions. */
  list(expression: binaryen.ExpressionRef): binaryen.ExpressionRef {
    const info = infoOf(expression);
    const isBlock = info?.id === binaryen.BlockId;
    const block = isBlock ? (info as binaryen.BlockInfo) : undefined;
    const counted: binaryen.ExpressionRef[] = [];
    let region: Map<string, number> | undefined;
    for (const statement of block?.children ?? [expression]) {
      const names = this.#ownNames(statement);
      if (names.length > 0 && !region) {
        region = new Map();
        counted.push(this.#enter(region));
      }
      for (const name of names) region?.set(name, (region.get(name) ?? 0) + 1);
      counted.push(this.#inside(statement));
      if (partsFlow(statement)) region = undefined;
    }
    return this.#module.block(block?.name || null, counted, info?.type ?? binaryen.auto);
  }

  #enter(operations: Histogram): binaryen.ExpressionRef {
    const { f64, global } = this.#module;
    const counter = counterOf(this.#regions.push({ place: this.#place, operations }) - 1);
    return global.set(counter, f64.add(global.get(counter, binaryen.f64), f64.const(1)));
  }

  /** Without those of the statements in it. */
  #ownNames(statement: binaryen.ExpressionRef): string[] {
    const info = infoOf(statement);
    if (info?.id === binaryen.BlockId || info?.id === binaryen.LoopId) return [];
    if (info?.id === binaryen.IfId) return ["if", ...namesIn((info as binaryen.IfInfo).condition)];
    return namesIn(statement);
  }

  #inside(statement: binaryen.ExpressionRef): binaryen.ExpressionRef {
    const info = infoOf(statement);
    if (info?.id === binaryen.BlockId) return this.list(statement);
    if (info?.id === binaryen.LoopId) {
      const { name, body } = info as binaryen.LoopInfo;
      return this.#module.loop(name, this.list(body));
    }
    if (info?.id === binaryen.IfId) {
      const { condition, ifTrue, ifFalse } = info as binaryen.IfInfo;
      return this.#module.if(condition, this.list(ifTrue), ifFalse ? this.list(ifFalse) : undefined);
    }
    return statement;
  }
}

const PARTING: readonly number[] = [
  binaryen.BlockId,
  binaryen.LoopId,
  binaryen.IfId,
  binaryen.BreakId,
  binaryen.SwitchId,
  binaryen.ReturnId,
];

const partsFlow = (statement: binaryen.ExpressionRef): boolean => PARTING.includes(infoOf(statement)?.id ?? -1);

const namesIn = (expression: binaryen.ExpressionRef): string[] =>
  [...binaryen.emitText(expression).matchAll(/\(([a-z][\w.]*)/g)]
    .map(([, name]) => name)
    .filter((name) => !FREE.test(name));

/** Some expressions (nop, unreachable) have no information to give. */
function infoOf(expression: binaryen.ExpressionRef): binaryen.ExpressionInfo | undefined {
  try {
    return binaryen.getExpressionInfo(expression);
  } catch {
    return undefined;
  }
}
