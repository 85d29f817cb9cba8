import { parseArgs } from "node:util";

/** What test:everywhere and test:bundlers are asked to do. */
export interface Choice {
  /** Ids of what to try, in the order of the table. */
  readonly only: readonly string[];
  /** Ids of what must have been tried. */
  readonly require: readonly string[];
  readonly install: boolean;
  /** Where the results go; undefined for nowhere. */
  readonly json: string | undefined;
}

/** @throws Error that says what is wrong with the arguments; "help" when that was asked for */
export function readChoice(args: readonly string[], all: readonly string[]): Choice | "help" {
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
  const skip = readIds("--skip", values.skip, all) ?? [];
  const only = (readIds("--only", values.only, all) ?? all).filter((id) => !skip.includes(id));
  const required = readIds("--require", values.require, all) ?? [];
  const left = required.filter((id) => !only.includes(id));
  if (left.length > 0) throw new Error(`--require ${left.join(",")}: expected some of those to try, ${only.join(",")}`);
  return { only, require: required, install: !values["no-install"], json };
}

function readIds(option: string, text: string | undefined, all: readonly string[]): readonly string[] | undefined {
  if (text === undefined) return undefined;
  const ids = text.split(",").map((id) => id.trim());
  const unknown = ids.find((id) => !all.includes(id));
  if (unknown !== undefined)
    throw new Error(
      `${option} ${text}: expected ids with commas between them, some of ${all.join(",")}; got "${unknown}"`,
    );
  return all.filter((id) => ids.includes(id));
}
