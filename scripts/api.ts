/**
 * Writes the reference of all that the package exports, from its docstrings: docs/api/, a page for each subpath. Refuses
 * while one is missing.
 *
 *   npm run api
 */
import { fileURLToPath } from "node:url";
import { readReference } from "./api/reference.ts";

const reference = await readReference();
const complaints = reference.complaints();
for (const complaint of complaints) console.error(complaint);
if (complaints.length > 0) throw new Error(`${complaints.length} complaints`);
await reference.write(fileURLToPath(new URL("../docs/api", import.meta.url)));
