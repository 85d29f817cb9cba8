import type { Findings } from "../outcome.ts";
import type { Workshop } from "../project.ts";
import type { Marks } from "../shaken.ts";
import type { Source } from "../tools.ts";

/** A tool that makes bundles. */
export interface Bundler {
  readonly id: string;
  readonly title: string;
  /** What has to be installed for it. */
  readonly sources: readonly Source[];
  /** @throws Absent when it is not here */
  version(): string;
  /** Tries it in projects of its own, without any configuration. @throws Error that says what is wrong */
  attempt(context: Context): Promise<Findings>;
}

export interface Context {
  readonly create: Workshop["create"];
  readonly marks: Marks;
  readonly signal: AbortSignal;
}
