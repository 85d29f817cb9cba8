import { Problem } from "./problem.ts";

/** All bytes of a body of at most `limit` bytes; more are refused before they are held. */
export async function readBody(request: Request, limit: number): Promise<ArrayBuffer> {
  const declared = request.headers.get("content-length");
  if (declared !== null && Number(declared) > limit) throw tooLarge(limit);
  if (request.body === null) return new ArrayBuffer(0);
  try {
    // The HTTP server ends a body at its declared length, so this cannot hold more than the limit.
    if (declared !== null) return await request.arrayBuffer();
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
    if (length > limit) throw tooLarge(limit);
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes.buffer;
}

const tooLarge = (limit: number): Problem => new Problem(413, "body", `expected at most ${limit} bytes`);
