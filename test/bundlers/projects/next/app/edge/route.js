import { program } from "../program.js";

export const runtime = "edge";

export const GET = () => new Response(program());
