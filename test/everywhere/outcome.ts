import type { Report } from "../golden/check.ts";

export type Build = "simd" | "scalar";

/** What a runtime found out; it comes as JSON. */
export interface Outcome extends Report {
  /** Its name, as the runtime itself says it. */
  readonly name: string;
  /** Its version, where it tells that. */
  readonly runtimeVersion?: string;
  /** The build of the wasm core that was in use. */
  readonly build: Build;
  /** That of examples/everywhere/hash.js. */
  readonly hash: string;
  /** Whether an expectation over Web Workers has the same bits: "same", "none" where there are no such workers, or what differs. */
  readonly webWorkers?: string;
}

export type Message = { readonly type: "outcome"; readonly outcome: Outcome } | Failed;

export interface Failed {
  readonly type: "failed";
  readonly message: string;
}

/** @returns undefined for anything else that a runtime prints */
export function readMessage(text: string): Message | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    const message = JSON.parse(text) as Partial<Message>;
    return message.type === "outcome" || message.type === "failed" ? (message as Message) : undefined;
  } catch {
    return undefined;
  }
}

export type Status = "identical" | "different" | "failed" | "not run";

/** A line of the table. */
export interface Result {
  readonly id: string;
  readonly title: string;
  readonly status: Status;
  readonly version?: string;
  readonly build?: Build;
  readonly cases?: number;
  readonly identical?: number;
  readonly hash?: string;
  /** The first difference, or why it failed or did not run. */
  readonly reason?: string;
  /** From the start of the runtime to its answer. */
  readonly seconds?: number;
}

/** What a line of the table promises. */
export interface Expected {
  readonly id: string;
  readonly title: string;
  /** What the runtime calls itself: a bundle may end up elsewhere than its line says. */
  readonly says: string;
  readonly build: Build;
  /** Whether it has Web Workers. */
  readonly webWorkers?: boolean;
}

/** What is said about a runtime that answered. A wrong name or build is a difference like any other. */
export function judge(expected: Expected, outcome: Outcome, seconds: number, version: string | undefined): Result {
  const { id, title } = expected;
  const { build, cases, identical, hash } = outcome;
  const reason = wrong(expected, outcome);
  return {
    id,
    title,
    status: reason === undefined ? "identical" : "different",
    ...defined({ version: outcome.runtimeVersion ?? version }),
    build,
    cases,
    identical,
    hash,
    ...defined({ reason }),
    seconds,
  };
}

function wrong({ says, build, webWorkers }: Expected, outcome: Outcome): string | undefined {
  const { cases, identical, firstDifference = "not told" } = outcome;
  const workers = outcome.webWorkers ?? "none";
  if (outcome.name !== says) return `runs in ${outcome.name}, expected ${says}`;
  if (outcome.build !== build) return `the ${outcome.build} build, expected ${build}`;
  if (cases === 0) return "no cases, expected some";
  if (identical !== cases) return firstDifference;
  const wanted = webWorkers ? "same" : "none";
  return workers === wanted ? undefined : `Web Workers: expected ${wanted}, got ${workers}`;
}

/** Compares the hashes with that of most runtimes; one that has another becomes different. */
export function compareHashes(results: readonly Result[]): Result[] {
  const hashes = results.flatMap(({ hash }) => hash ?? []);
  const count = (hash: string): number => hashes.filter((each) => each === hash).length;
  const usual = [...new Set(hashes)].sort((a, b) => count(b) - count(a))[0];
  return results.map((result) =>
    result.status === "identical" && result.hash !== usual
      ? { ...result, status: "different", reason: `hash ${result.hash}, that of most is ${usual}` }
      : result,
  );
}

/** 0 when something ran, all that ran is identical, and all that had to run did. */
export function exitCode(results: readonly Result[], required: readonly string[]): number {
  const bad = results.some(({ status }) => status === "different" || status === "failed");
  const absent = required.some((id) => results.find((result) => result.id === id)?.status !== "identical");
  return bad || absent || !results.some(({ status }) => status === "identical") ? 1 : 0;
}

/** Without the properties that are undefined. */
function defined<T extends object>(properties: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined)) as never;
}
