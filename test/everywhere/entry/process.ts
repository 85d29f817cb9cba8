/** In Node, Deno and Bun: a line on the standard output. */
import { program } from "../program.ts";

program().then((message) => console.log(JSON.stringify(message)));
