import { hash } from "./hash.js";

export default { fetch: () => new Response(`${hash}\n`) };
