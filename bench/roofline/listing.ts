import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type Counting, sum } from "./count.ts";
import { ARCHITECTURE, lowered, VECTOR_CLASSES, type VectorClass } from "./lowering.ts";

/** What the table foresees and what the engine emits, of every function of the module, each place in the code once. */
export interface Agreement {
  readonly classes: Readonly<Record<VectorClass, { readonly table: number; readonly emitted: number }>>;
  /** Copies from register to register, and between registers and the stack. */
  readonly moves: { readonly copies: number; readonly spills: number };
}

/** Each operation of the module as it stands: nothing inlined, unrolled or peeled. */
const FLAGS = [
  "--print-wasm-code",
  "--no-liftoff",
  "--no-wasm-tier-up",
  "--no-wasm-lazy-compilation",
  "--no-wasm-inlining",
  "--no-wasm-loop-unrolling",
  "--no-wasm-loop-peeling",
];

const COMPILE = "new WebAssembly.Module(require('node:fs').readFileSync(process.argv[1]))";
const LISTING_BYTES = 1 << 28;

/** Whether the engine can list the code that the table is about. */
export const canList = (): boolean => process.arch === ARCHITECTURE && !("bun" in process.versions);

/** Compiles the module in another process, as the listing goes to its output. */
export async function compareWithListing(file: string, { regions }: Counting): Promise<Agreement> {
  const { stdout } = await promisify(execFile)(process.execPath, [...FLAGS, "-e", COMPILE, file], {
    maxBuffer: LISTING_BYTES,
  });
  const places = new Set(regions.map(({ place }) => place));
  const listed = functionsIn(stdout).filter(({ place }) => places.has(place));
  if (listed.length < places.size)
    throw new Error(`the engine listed ${listed.length} of ${places.size} functions of ${file}`);
  const table = lowered(sum(regions.map(({ operations }) => [operations, 1])));
  const emitted = new Map<string, number>();
  for (const { instructions } of listed)
    for (const each of instructions) emitted.set(classOf(each), (emitted.get(classOf(each)) ?? 0) + 1);
  const count = (name: string): number => emitted.get(name) ?? 0;
  return {
    classes: Object.fromEntries(
      VECTOR_CLASSES.map((name) => [name, { table: table[name] ?? 0, emitted: count(name) }]),
    ) as Agreement["classes"],
    moves: { copies: count("copy"), spills: count("spill") },
  };
}

export function addAgreements(parts: readonly Agreement[]): Agreement {
  const add = (pick: (part: Agreement) => number): number => parts.reduce((total, part) => total + pick(part), 0);
  return {
    classes: Object.fromEntries(
      VECTOR_CLASSES.map((name) => [
        name,
        { table: add(({ classes }) => classes[name].table), emitted: add(({ classes }) => classes[name].emitted) },
      ]),
    ) as Agreement["classes"],
    moves: { copies: add(({ moves }) => moves.copies), spills: add(({ moves }) => moves.spills) },
  };
}

interface Listed {
  readonly place: number;
  readonly instructions: readonly string[];
}

/** Of the listing: the functions of the module, with what stands behind the bytes of each instruction. */
export function functionsIn(listing: string): Listed[] {
  return listing
    .split("--- WebAssembly code ---")
    .filter((part) => part.includes("kind: wasm function"))
    .map((part) => ({
      place: Number(part.match(/^index: (\d+)$/m)?.[1]),
      instructions: [...part.matchAll(/^0x[0-9a-f]+\s+[0-9a-f]+\s+[0-9a-f]+\s+(?:REX\.W )?(.*)$/gm)].map(
        ([, instruction]) => instruction,
      ),
    }));
}

const MNEMONICS: readonly (readonly [mnemonic: RegExp, name: VectorClass])[] = [
  [/^vmul[ps][sd]/, "multiply"],
  [/^v(?:add|sub)[ps][sd]/, "add"],
  [/^v(?:cmp\w*|min|max|ucomi)[ps][sd]/, "compare"],
  [/^v(?:cvt|round)/, "convert"],
  [/^vdiv/, "divide"],
  [/^vsqrt/, "root"],
  [/^vp?(?:and|andn|or|xor)(?:ps|pd)?\b|^vp(?:add|sub|cmp|min|max|abs|sign)|^vp?blend/, "logic"],
  [/^vps[lr][la]/, "shift"],
  [/^vpmul|^vpmadd/, "integer multiply"],
  [
    /^vp?unpck|^vp?shuf|^vpbroadcast|^vbroadcast|^vmovddup|^vmovs[hl]dup|^vmov(?:hl|lh)ps|^vp?insr|^vinsert|^vp?extr|^vpalignr/,
    "shuffle",
  ],
  [/^vptest|^vmovmsk/, "transfer"],
];

/** The class of a vector instruction; copy, spill, load or store of one that moves, scalar for the rest. */
function classOf(instruction: string): string {
  const found = MNEMONICS.find(([mnemonic]) => mnemonic.test(instruction));
  // A broadcast or an insertion that reads memory counts as the load it is.
  if (found)
    return /^v(?:p?broadcast|movddup|p?extr)/.test(instruction) && instruction.includes("[") ? "load" : found[1];
  if (!instruction.startsWith("v")) return "scalar";
  if (/\[rbp|\[rsp/.test(instruction)) return "spill";
  if (instruction.includes("[")) return /^\w+ \[/.test(instruction) ? "store" : "load";
  return /^vmov[dq] /.test(instruction) ? "transfer" : "copy";
}
