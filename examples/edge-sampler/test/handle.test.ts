import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { handle } from "../src/handle.ts";
import { binary, CASES, json } from "./cases.ts";

const send = (path: string, init: RequestInit): Promise<Response> =>
  handle(new Request(`http://sampler.test${path}`, init));

const LOGITS = Float32Array.from({ length: 5000 }, (_, i) => ((i * 7919) % 5000) / 500);
const OTHERS = Float32Array.from({ length: 5003 }, (_, i) => ((i * 104729) % 5003) / 300);

test.each(CASES)("$name: $status", async ({ path, init, status, message }) => {
  const response = await send(path, init);
  const { error } = (await response.json()) as { error: { field: string; message: string } };
  expect(error.message).toMatch(message);
  expect(error.message.startsWith(`${error.field}: `)).toBe(true);
  expect(response.status).toBe(status);
  if (status === 405) expect(response.headers.get("allow")).toMatch(/^(GET|POST)$/);
  if (status === 415 && error.field === "content-type")
    expect(response.headers.get("accept")).toContain("octet-stream");
});

test("JSON and binary requests of the same numbers have the same answer", async () => {
  const settings = { seed: 42, position: 17, temperature: 0.8, top_k: 500, top_p: 0.95 };
  const query = new URLSearchParams(Object.entries(settings).map(([name, value]) => [name, String(value)]));
  const answers = [
    await send("/sample", json({ logits: [...LOGITS], ...settings })),
    await send(`/sample?${query}`, binary(LOGITS.slice())),
  ];
  const [first, second] = await Promise.all(answers.map((answer) => answer.text()));
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  expect(first).toBe(second);
  expect(Object.keys(JSON.parse(first))).toEqual(["token", "logprob", "candidates"]);
});

test("the same request has the same bytes, whatever was computed before", async () => {
  const ask = async (path: string, logits: Float32Array<ArrayBuffer>) =>
    (await send(`${path}&temperature=0.7&top_p=0.9`, binary(logits.slice()))).text();
  const first = await ask("/draws?seed=1&draws=20", LOGITS);
  for (const other of [OTHERS, OTHERS.subarray(0, 1), LOGITS.map((x) => -x)]) {
    await ask("/draws?seed=1&draws=20", other as Float32Array<ArrayBuffer>);
    await ask("/sample?seed=1", Float32Array.of(Number.NaN));
    expect(await ask("/draws?seed=1&draws=20", LOGITS)).toBe(first);
  }
});

test("a seed of 64 bits keeps all of them, in JSON and in a query", async () => {
  const seeds = ["18446744073709551615", "18446744073709551614", "-1"];
  const json_ = await Promise.all(seeds.map((seed) => send("/draws", json({ logits: [...LOGITS], seed, draws: 5 }))));
  const query = await Promise.all(seeds.map((seed) => send(`/draws?seed=${seed}&draws=5`, binary(LOGITS.slice()))));
  const inJson = await Promise.all(json_.map((answer) => answer.text()));
  expect(await Promise.all(query.map((answer) => answer.text()))).toEqual(inJson);
  expect(inJson[0]).not.toBe(inJson[1]);
  expect(inJson[0]).toBe(inJson[2]); // modulo 2^64
});

test("a body of undeclared length is read, and refused once it is too long", async () => {
  const stream = (chunks: number, pulled = { chunks: 0 }) => ({
    pulled,
    init: {
      ...binary(LOGITS),
      body: new ReadableStream<Uint8Array>({
        pull(controller) {
          if (pulled.chunks++ < chunks) controller.enqueue(new Uint8Array(2 ** 16 + 4));
          else controller.close();
        },
      }),
      duplex: "half",
    } as RequestInit,
  });
  const fits = await send("/sample?seed=1", stream(31).init);
  expect(await fits.json()).toMatchObject({ candidates: (31 * (2 ** 16 + 4)) / 4 });
  const endless = stream(1e9);
  expect((await send("/sample?seed=1", endless.init)).status).toBe(413);
  expect(endless.pulled.chunks).toBeLessThan(600); // of 64 kB: 32 MB
});

test("/health tells the build", async () => {
  const response = await send("/health", {});
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ status: "ok", build: expect.stringMatching(/^(simd|scalar)$/) });
});

test("the README's requests have the answers that it shows", async () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const [, request = ""] = readme.match(/-d '(.*)'/) ?? [];
  const [drawn, refused] = [...readme.matchAll(/```json\n(.*)\n```/g)].map(([, answer]) => answer);
  expect(await (await send("/sample", json(request))).text()).toBe(drawn);
  const wrong = { ...JSON.parse(request), top_p: 1.5 };
  expect(await (await send("/sample", json(wrong))).text()).toBe(refused);
});
