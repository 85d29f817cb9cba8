import type { Engine } from "./engine.ts";

/** An engine at work. */
export interface Session {
  /** Fulfilled with how the engine ended, should it end by itself. */
  readonly ended: Promise<string>;
  /** Ends it and takes away what it left. */
  close(): Promise<void>;
}

/**
 * Starts an engine on a job, which goes to it as JSON; `script` is the bundle that every engine executes, `hear` gets its
 * messages as JSON.
 */
export type Open = (engine: Engine, script: string, job: unknown, hear: (message: string) => void) => Promise<Session>;
