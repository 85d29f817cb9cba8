import { parseArgs } from "node:util";
import { runtimes } from "./runtimes.ts";

export interface Options {
  /** Ids of the runtimes to try, in the order of the table. */
  readonly only: readonly string[];
  /** Ids of those that must have run. */
  readonly require: readonly string[];
  readonly install: boolean;
  /** Where the results go; undefined for nowhere. */
  readonly json: string | undefined;
}

const IDS = runtimes.map(({ id }) => id);

export const USAGE = `Usage: npm run test:everywhere -- [--only IDS] [--require IDS] [--no-install] [--json FILE.json]

Checks the golden values, test/golden, on the packed package in every runtime, and installs the runtimes that are missing
(from npm, 1.3 GB; as root also with apt-get). One that cannot be had is listed as not run. Fails when a runtime that ran
differs, or when none ran.

  --only IDS        these and no others: ${IDS.join(",")}
  --require IDS     not to have run these is a failure
  --no-install      only what is there
  --json FILE.json  where the results go. Those the README shows: test/everywhere/results.json, then
                    npx tsx test/everywhere/table.ts
  --help            this text`;

/** @throws Error that says what is wrong with the arguments; "help" when that was asked for */
export function readOptions(args: readonly string[]): Options | "help" {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string" },
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
  const only = readIds("--only", values.only) ?? IDS;
  const required = readIds("--require", values.require) ?? [];
  const left = required.filter((id) => !only.includes(id));
  if (left.length > 0) throw new Error(`--require ${left.join(",")}: expected some of --only ${only.join(",")}`);
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
