import { PATIENCE_BYTES } from "./limits.ts";
import { Problem } from "./problem.ts";

/** All bytes of a body of at most `limit` bytes; of a longer one no more are held. */
export async function readBody(request: Request, limit: number): Promise<ArrayBuffer> {
  const header = request.headers.get("content-length");
  const declared = header === null ? undefined : Number(header);
  if (declared !== undefined && declared > PATIENCE_BYTES) throw tooLarge(limit);
  if (request.body === null) return new ArrayBuffer(0);
  try {
    // The HTTP server ends a body at its declared length, so this cannot hold more than the limit.
    if (declared !== undefined && declared <= limit) return await request.arrayBuffer();
    return await readStream(request.body, limit);
  } catch (error) {
    if (error instanceof Problem) throw error;
    // The client went away: no fault of this service, and nobody reads the answer.
    throw new Problem(400, "body", "ended before it was whole");
  }
}

async function readStream(stream: ReadableStream<Uint8Array>, limit: number): Promise<ArrayBuffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop by a throw cancels the stream.
  for await (const chunk of stream as unknown as AsyncIterable<Uint8Array>) {
    length += chunk.byteLength;
    if (length > PATIENCE_BYTES) throw tooLarge(limit);
    if (length <= limit) chunks.push(chunk);
    else chunks.length = 0;
  }
  if (length > limit) throw tooLarge(limit);
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes.buffer;
}

const tooLarge = (limit: number): Problem => new Problem(413, "body", `expected at most ${limit} bytes`);
