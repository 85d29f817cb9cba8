import type { Session } from "../../../bench/engines/session.ts";
import type { Project } from "../project.ts";

/** A runtime that is on this machine. */
export interface Launch {
  /** As its executable says it, for runtimes whose programs are not told; of some only when it has started. */
  readonly version?: string | undefined;
  /** Starts it on the project; `hear` gets its lines, one of which is the message. */
  open(project: Project, hear: (line: string) => void): Promise<Session>;
}
