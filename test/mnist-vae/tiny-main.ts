import { runProgram } from "../../examples/mnist-vae/program.ts";

// The program on the data of the folder that comes first among its arguments.
const [dataFolder, ...args] = process.argv.slice(2);
process.exitCode = await runProgram(args, dataFolder);
