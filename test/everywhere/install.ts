import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { Absent } from "./absent.ts";
import { inFolder } from "./find.ts";
import type { Result } from "./outcome.ts";
import { oneLine } from "./run.ts";
import type { Runtime, Source } from "./runtimes.ts";

const run = promisify(execFile);

const APT = "apt:";

/** In one folder after the other: a lock file has room for one processor. */
const NPM = { npm: inFolder("."), "npm-arm64": inFolder("arm64") } as const;

/**
 * Gets what the runtimes that are not here come from. What cannot be installed stays absent.
 *
 * @returns why something could not be installed
 * @throws the signal's reason
 */
export async function install(
  runtimes: readonly Runtime[],
  note: (text: string) => void,
  signal: AbortSignal,
): Promise<ReadonlyMap<Source, string>> {
  const failures = new Map<Source, string>();
  const sources = new Set(runtimes.filter(isAbsent).flatMap((each) => each.sources));
  const attempt = async (what: string, wanted: readonly Source[], command: string, args: readonly string[]) => {
    signal.throwIfAborted();
    note(`installing ${what}`);
    try {
      await run(command, args, {
        signal,
        env: { ...process.env, DEBIAN_FRONTEND: "noninteractive", npm_config_loglevel: "error" },
      });
    } catch (error) {
      signal.throwIfAborted();
      const { stderr = "", message } = error as Error & { stderr?: string };
      const why = oneLine(`${command} ${args[0]}: ${stderr.trim() || message}`);
      note(why);
      for (const source of wanted) failures.set(source, why);
    }
  };
  if (sources.has("npm")) await attempt("runtimes from npm, about 1.1 GB", ["npm"], "npm", clean(NPM.npm));
  if (sources.has("npm-arm64"))
    await attempt("Node for arm64 from npm, about 190 MB", ["npm-arm64"], "npm", [
      ...clean(NPM["npm-arm64"]),
      "--cpu=arm64",
    ]);
  const system = [...sources].filter(isApt);
  const packages = system.map((source) => source.slice(APT.length));
  if (system.length > 0 && process.getuid?.() !== 0) {
    for (const source of system) failures.set(source, `not root, for apt-get install ${packages.join(" ")}`);
  } else if (system.length > 0) {
    await attempt("the list of the system's packages", system, "apt-get", ["update"]);
    const options = ["install", "--yes", "--no-install-recommends"];
    await attempt(packages.join(", "), system, "apt-get", [...options, ...packages]);
  }
  return failures;
}

const isApt = (source: Source): boolean => source.startsWith(APT);

/** Without scripts: the packages bring their programs as files. */
const clean = (folder: string): string[] => [
  "ci",
  "--prefix",
  folder,
  "--ignore-scripts",
  "--include=optional",
  "--no-audit",
  "--no-fund",
];

export function isAbsent(runtime: Runtime): boolean {
  try {
    runtime.find();
    return false;
  } catch (error) {
    if (error instanceof Absent) return true;
    throw error;
  }
}

/** Of a runtime that is not here, also why it could not be installed. */
export function withCause(result: Result, { sources }: Runtime, failures: ReadonlyMap<Source, string>): Result {
  const why = sources.map((source) => failures.get(source)).find((each) => each !== undefined);
  if (result.status !== "not run" || why === undefined) return result;
  return { ...result, reason: oneLine(`${result.reason} (${why})`) };
}
