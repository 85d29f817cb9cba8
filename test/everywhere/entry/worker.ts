/** In workerd: the answer to a request. */
import { program } from "../program.ts";

export default { fetch: async () => Response.json(await program()) };
