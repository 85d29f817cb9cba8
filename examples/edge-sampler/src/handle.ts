import { createCore } from "reparam";
import { readInput } from "./input.ts";
import { Problem } from "./problem.ts";
import { draws, sample } from "./sample.ts";
import { checkSettings, type Settings } from "./settings.ts";

/** One a Worker: requests are worked on one after the other, and a call leaves nothing in its memory that another reads. */
let core: ReturnType<typeof createCore> | undefined;

const DRAWING: Readonly<Record<string, (logits: Float32Array, settings: Settings) => object>> = {
  "/sample": sample,
  "/draws": draws,
};

/** Answers every request; a bad one with a status from 400 on and a message that names what is wrong. */
export async function handle(request: Request): Promise<Response> {
  try {
    return await route(request);
  } catch (error) {
    if (error instanceof Problem) {
      const { status, field, message, headers } = error;
      return answer({ error: { field, message } }, status, headers);
    }
    console.error(error);
    return answer({ error: { message: "internal error" } }, 500);
  }
}

async function route(request: Request): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  core ??= createCore();
  if (pathname === "/health") {
    checkMethod(request, "GET");
    return answer({ status: "ok", build: core.build, wasm_bytes: core.bytes });
  }
  const draw = Object.hasOwn(DRAWING, pathname) ? DRAWING[pathname] : undefined;
  if (!draw) throw new Problem(404, "path", `unknown: ${pathname}; there are /sample, /draws and /health`);
  checkMethod(request, "POST");
  const { logits, fields } = await readInput(request, searchParams);
  const settings = checkSettings(pathname, fields);
  return answer(core.run(() => draw(logits, settings)));
}

function checkMethod({ method }: Request, allow: string): void {
  if (method !== allow) throw new Problem(405, "method", `expected ${allow}, received ${method}`, { allow });
}

const answer = (body: object, status = 200, headers: Record<string, string> = {}): Response =>
  Response.json(body, { status, headers: { "cache-control": "no-store", ...headers } });
