/** In an edge runtime of Vercel's kind: launch/edge-vm.mjs takes the message from the global. */
import { program } from "../program.ts";

Object.assign(globalThis, { message: program().then((message) => JSON.stringify(message)) });
