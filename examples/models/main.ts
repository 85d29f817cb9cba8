import { runProgram } from "./support/program.ts";

process.exitCode = await runProgram(process.argv.slice(2));
