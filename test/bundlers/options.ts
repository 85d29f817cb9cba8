import { type Choice, readChoice } from "../everywhere/choice.ts";
import { bundlers } from "./bundlers/index.ts";

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

export const readOptions = (args: readonly string[]): Choice | "help" => readChoice(args, IDS);
