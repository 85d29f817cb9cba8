/** In Node, Deno and Bun: a line on the standard output. */
import { program } from "../program.ts";

console.log(JSON.stringify(program()));
