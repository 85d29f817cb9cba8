/** In a page that bench/engines/server.ts serves. */
import { program } from "../program.ts";

await fetch("/messages", { method: "POST", body: JSON.stringify(await program()) });
