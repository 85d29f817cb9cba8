import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Hello, Request } from "../protocol.ts";
import type { Kind, Work } from "../work.ts";

/** One way to do a work. */
export interface Method {
  readonly label: string;
  /** Once, and leaves nothing behind. A promise is waited for. */
  readonly run: () => unknown;
  /** The same with a result to be checked. */
  readonly result: () => Float32Array;
}

export interface Prepared {
  readonly methods: readonly Method[];
  /** Gives back what the garbage collector does not see. */
  readonly release?: () => void;
}

export type Implementations = { readonly [kind in Kind]?: (work: Work, data: Data) => Prepared };

/** The numbers that index.ts wrote for everyone. */
export class Data {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  logits(length: number): Float32Array {
    return this.#read("logits", length);
  }

  gradients(length: number): Float32Array {
    return this.#read("gradients", length);
  }

  weights(): Float32Array {
    return this.#read("weights");
  }

  /** Batches of images, [batch, pixels] each, that a training takes in turn. */
  batches(length: number): Float32Array[] {
    const all = this.#read("images");
    return Array.from({ length: all.length / length }, (_, i) => all.slice(i * length, (i + 1) * length));
  }

  #read(name: string, length?: number): Float32Array {
    const { buffer, byteOffset, byteLength } = readFileSync(join(this.#folder, `${name}.f32`));
    return new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength)).slice(0, length);
  }
}

/** Calls that are shorter than this together are below what a clock can tell; nanoseconds. */
const SHORTEST_SAMPLE = 100_000n;

/** Answers requests until the input ends. The folder of the data is the argument of the process. */
export function serve(hello: Hello, implementations: Implementations): void {
  // Ctrl-C reaches every process of the terminal; it is the parent that ends this one.
  process.on("SIGINT", () => {});
  const data = new Data(process.argv[2]);
  let prepared: Prepared = { methods: [] };

  const answer = async (request: Request): Promise<object> => {
    if (request.do === "prepare") {
      prepared.release?.();
      prepared = implementations[request.work.kind]?.(request.work, data) ?? { methods: [] };
      return { methods: prepared.methods.map(({ label }) => label) };
    }
    const { run, result } = prepared.methods[request.method];
    if (request.do === "turn") return { samples: await turn(run, BigInt(request.milliseconds) * 1_000_000n) };
    writeFileSync(request.file, result());
    return {};
  };

  const say = (message: object) => process.stdout.write(`${JSON.stringify(message)}\n`);
  createInterface({ input: process.stdin }).on("line", (line) => {
    answer(JSON.parse(line)).then(say, (error: Error) => say({ error: error.message }));
  });
  say(hello);
}

async function turn(run: () => unknown, nanoseconds: bigint): Promise<number[]> {
  const samples: number[] = [];
  let calls = 1;
  const end = process.hrtime.bigint() + nanoseconds;
  do {
    const spent = await time(run, calls);
    if (spent < SHORTEST_SAMPLE) calls *= 2;
    else samples.push(Number(spent) / calls);
  } while (samples.length === 0 || process.hrtime.bigint() < end);
  return samples;
}

async function time(run: () => unknown, calls: number): Promise<bigint> {
  const start = process.hrtime.bigint();
  for (let i = 0; i < calls; i++) {
    const pending = run();
    if (pending instanceof Promise) await pending;
  }
  return process.hrtime.bigint() - start;
}
