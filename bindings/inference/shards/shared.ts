import { ArgumentError, describe } from "../../core/index.ts";
import { Parameter } from "../../graph/extend.ts";
import type { Parameters } from "../../graph/index.ts";
import { type Data, decode, encode } from "./wire.ts";

/** What several threads or machines make, each for itself, from the same module and the same plain input. */
export interface Shared<I extends Data | undefined, W extends object> {
  /** Makes it: in the main program, and, with the same input, in each worker. */
  (...input: undefined extends I ? [input?: I] : [input: I]): W;
  /** By which messages name it. */
  readonly workName: string;
}

/** What was made by one call, and where it came from. */
export interface Made {
  /** Name and input, of which a worker makes the same. */
  readonly name: string;
  readonly input: Data;
  readonly parts: Readonly<Record<string, unknown>>;
  /** All parameters among the parts, by their places: workers get their values, and send gradients of them. */
  readonly parameters: Parameters;
}

/** By name: what messages may name, and nothing else. */
const works = /* @__PURE__ */ new Map<string, (input: Data | undefined) => object>();
/** Of a part, the calls that returned it, the last one first. */
const origins = /* @__PURE__ */ new WeakMap<object, { readonly made: Made; readonly property: string }[]>();

/**
 * Work that can be shared: what `make` returns is made again in each worker, which imports the module where this is called. So models,
 * costs and data never travel; a name, the input and parameters' values do.
 *
 *     // work.js, which the main program and the workers import
 *     export const dice = shared("dice", ({ sides }) => ({
 *       distribution: new Categorical({ logits: new Float32Array(sides) }),
 *       cost: (z) => mul(z, z),
 *     }));
 *
 *     // main.js
 *     const { cost, distribution } = dice({ sides: 6 });
 *     await expectation(cost, distribution, { key: key(1), samples: 1e8, executor });
 *
 * The same input has to give the same: what is random in it comes from a key in the input, data from a file that all machines have.
 * Parameters have to be among what is returned: as parameters, in objects of such, in models and guides.
 *
 * @param name of this work in the modules that workers import
 * @param make from plain data, to an object with the parts: costs, laws, models, estimators
 * @throws ArgumentError for a name that is taken; (the function that it returns) for an input that is no plain data
 */
export function shared<I extends Data | undefined = undefined, W extends object = object>(
  name: string,
  make: (input: I) => W,
): Shared<I, W> {
  if (typeof name !== "string" || name === "") throw new ArgumentError("name", "a text", describe(name));
  if (typeof make !== "function") throw new ArgumentError("make", "a function of plain data", describe(make));
  if (works.has(name)) throw new ArgumentError("name", "a name for each work", `a second work named "${name}"`);
  // Of its input the function knows what it is: messages carry any data.
  works.set(name, make as unknown as (input: Data | undefined) => object);
  const call = (input?: I): W => {
    const sent = encode(input === undefined ? null : input);
    // As a worker gets it, and kept apart: whoever changes the input later, or in `make`, would have workers make something else.
    const made = { ...madeOf(name, decode(sent.slice())), input: decode(sent) };
    for (const [property, part] of Object.entries(made.parts))
      if (isKept(part)) origins.set(part, [{ made, property }, ...(origins.get(part) ?? [])]);
    return made.parts as W;
  };
  return Object.assign(call, { workName: name });
}

const isKept = (part: unknown): part is object =>
  typeof part === "function" || (typeof part === "object" && part !== null);

/** Makes a work. @throws ArgumentError for a name that no imported module has; what the function throws */
export function madeOf(name: string, input: Data): Made {
  const make = works.get(name);
  if (!make)
    throw new ArgumentError(
      "work",
      `the name of a work that an imported module shares: ${[...works.keys()].join(", ") || "there is none"}`,
      describe(name),
    );
  const parts = make(input ?? undefined);
  if (typeof parts !== "object" || parts === null || "then" in parts)
    throw new ArgumentError(`shared("${name}")`, "an object of parts", describe(parts));
  return { name, input, parts: parts as Record<string, unknown>, parameters: parametersIn(parts) };
}

/** A call, and which of its parts are meant. */
export interface Work {
  readonly made: Made;
  readonly properties: Readonly<Record<string, string>>;
}

/** The calls that a part comes from. */
const originsOf = (part: unknown) => (isKept(part) ? origins.get(part) : undefined) ?? [];

/**
 * Which call made all of these parts, and under which names.
 * @throws ArgumentError for a part that is of none, or of another than the rest
 */
export function workOf(parts: Readonly<Record<string, unknown>>): Work {
  const given = Object.entries(parts).filter(([, part]) => part !== undefined);
  const [first] = given as [[string, unknown]];
  const calls = originsOf(first[1]).map(({ made }) => made);
  const made = calls.find((call) => given.every(([, part]) => originsOf(part).some((origin) => origin.made === call)));
  const stranger = given.find(([, part]) => originsOf(part).length === 0) ?? (made ? undefined : given[1]);
  if (stranger || !made)
    throw new ArgumentError(
      (stranger ?? first)[0],
      "what a function of shared(...) returned, so that workers can make it too, all parts by the same call",
      originsOf((stranger ?? first)[1]).length > 0 ? "a part of another call" : describe((stranger ?? first)[1]),
    );
  const properties = given.map(([name, part]) => {
    // Found above.
    const origin = originsOf(part).find((each) => each.made === made) as { property: string };
    return [name, origin.property] as const;
  });
  return { made, properties: Object.fromEntries(properties) };
}

/** Those of models, guides and layers too; each once, under the first place where it is. */
function parametersIn(parts: object): Parameters {
  const found = new Map<Parameter, string>();
  const look = (place: string, value: unknown, depth: number): void => {
    if (value instanceof Parameter) {
      if (!found.has(value)) found.set(value, place);
    } else if (depth > 0 && typeof value === "object" && value !== null && !isData(value))
      for (const [name, each] of Object.entries(value)) look(`${place}.${name}`, each, depth - 1);
  };
  for (const [name, part] of Object.entries(parts)) look(name, part, 4);
  return Object.fromEntries([...found].map(([parameter, place]) => [place, parameter]));
}

/** Numbers, or rows of numbers, of which there may be many. */
function isData(value: object): boolean {
  const first = Array.isArray(value) ? value[0] : undefined;
  return ArrayBuffer.isView(value) || (Array.isArray(value) && (typeof first !== "object" || Array.isArray(first)));
}
