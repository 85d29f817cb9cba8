import { parseArgs } from "node:util";
import { bundlers } from "./bundlers/index.ts";

export interface Options {
  /** Ids of the bundlers to try, in the order of the table. */
  readonly only: readonly string[];
  /** Ids of those that must have been tried. */
  readonly require: readonly string[];
  readonly install: boolean;
  /** Where the results go; undefined for nowhere. */
  readonly json: string | undefined;
}

const IDS = bundlers.map(({ id }) => id);

export const USAGE = `Usage: npm run test:bundlers -- [--only IDS] [--skip IDS] [--require IDS] [--no-install] [--json FILE.json]

Bundles programs that use the packed package, with no configuration, runs the bundles and compares what they print, bit by
bit, with Node; sees to it that they hold nothing that is not imported; compiles programs against the types. Installs the
bundlers that are missing (from npm, 330 MB and 340 MB for Next.js; as root also Chromium, with apt-get). One that cannot be
had is listed as not run. Fails when a bundler that was tried fails, or when none was tried.

  --only IDS        these and no others: ${IDS.join(",")}
  --skip IDS        not these
  --require IDS     not to have tried these is a failure
  --no-install      only what is there
  --json FILE.json  where the results go. Those of docs/bundlers.md: test/bundlers/results.json, then
                    npx tsx test/bundlers/table.ts
  --help            this text`;

/** @throws Error that says what is wrong with the arguments; "help" when that was asked for */
export function readOptions(args: readonly string[]): Options | "help" {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string" },
      skip: { type: "string" },
      require: { type: "string" },
      "no-install": { type: "boolean", default: false },
      json: { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (values.help) return "help";
  const { json } = values;
  if (json !== undefined && !json.endsWith(".json"))
    throw new Error(`--json ${json}: expected a name that ends in .json`);
  const skip = readIds("--skip", values.skip) ?? [];
  const only = (readIds("--only", values.only) ?? IDS).filter((id) => !skip.includes(id));
  const required = readIds("--require", values.require) ?? [];
  const left = required.filter((id) => !only.includes(id));
  if (left.length > 0) throw new Error(`--require ${left.join(",")}: expected some of those to try, ${only.join(",")}`);
  return { only, require: required, install: !values["no-install"], json };
}

function readIds(option: string, text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined;
  const ids = text.split(",").map((id) => id.trim());
  const unknown = ids.find((id) => !IDS.includes(id));
  if (unknown !== undefined)
    throw new Error(
      `${option} ${text}: expected ids with commas between them, some of ${IDS.join(",")}; got "${unknown}"`,
    );
  return IDS.filter((id) => ids.includes(id));
}
