import { program } from "./src/program.js";

export default { fetch: () => new Response(program()) };
