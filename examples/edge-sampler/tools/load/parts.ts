import { categorical, key, logSumExp, softmax, topK } from "reparam";
import { filter } from "../../src/filter.ts";
import { readInput } from "../../src/input.ts";
import type { Part } from "./results.ts";
import { BYTES, NUMBERS, type Work } from "./work.ts";

const TURNS = 100;

const request = ({ path, type, body }: Work): Request =>
  new Request(`http://parts${path}`, {
    method: "POST",
    body: new Uint8Array(body),
    headers: { "content-type": type, "content-length": String(body.length) },
  });

const read = async (work: Work): Promise<Float32Array> => {
  const made = request(work);
  return (await readInput(made, new URL(made.url).searchParams)).logits;
};

/** Median times of the steps of a request, one after the other, in this process: a Worker's clock stands still while it computes. */
export async function measureParts(): Promise<Part[]> {
  const logits = await read(BYTES);
  const out = new Float32Array(logits.length);
  const steps: readonly [name: string, step: (logits: Float32Array) => unknown][] = [
    ["read the body, JSON", () => read(NUMBERS)],
    ["read the body, bytes", () => read(BYTES)],
    ["temperature, and check", (x) => filter(x, { temperature: 0.8, topK: 0, topP: 1 })],
    ["the same and top_k 50", (x) => filter(x, { temperature: 0.8, topK: 50, topP: 1 })],
    ["the same and top_p 0.95", (x) => filter(x, { temperature: 0.8, topK: 0, topP: 0.95 })],
    ["of which the library's softmax", (x) => softmax(x, { out })],
    ["categorical: one token", (x) => categorical(key(1), x)],
    ["topK: 16 without replacement", (x) => topK(key(1), x, { k: 16 })],
    ["logSumExp: for logprob", (x) => logSumExp(x)],
  ];
  const parts: Part[] = [];
  for (const [name, step] of steps) {
    const times: number[] = [];
    for (let turn = 0; turn < TURNS; turn++) {
      const mine = logits.slice();
      const begun = performance.now();
      await step(mine);
      times.push(performance.now() - begun);
    }
    times.sort((a, b) => a - b);
    parts.push({ name, milliseconds: Number(times[TURNS / 2].toFixed(3)) });
  }
  return parts;
}
