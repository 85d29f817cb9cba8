import { type Choice, readChoice } from "./choice.ts";
import { runtimes } from "./runtimes.ts";

const IDS = runtimes.map(({ id }) => id);

export const USAGE = `Usage: npm run test:everywhere -- [--only IDS] [--skip IDS] [--require IDS] [--no-install] [--json FILE.json]

Checks the golden values, test/golden, on the packed package in every runtime, and installs the runtimes that are missing
(from npm, 1.3 GB; as root also with apt-get). One that cannot be had is listed as not run. Fails when a runtime that ran
differs, or when none ran.

  --only IDS        these and no others: ${IDS.join(",")}
  --skip IDS        not these
  --require IDS     not to have run these is a failure
  --no-install      only what is there
  --json FILE.json  where the results go. Those the README shows: test/everywhere/results.json, then
                    npx tsx test/everywhere/table.ts
  --help            this text`;

export const readOptions = (args: readonly string[]): Choice | "help" => readChoice(args, IDS);
