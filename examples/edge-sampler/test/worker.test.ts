import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Server, startWorkerd } from "../tools/workerd.ts";
import { binary, CASES, json } from "./cases.ts";

let server: Server;
beforeAll(async () => {
  server = await startWorkerd(0);
}, 30_000);
afterAll(() => server?.stop());

const send = (path: string, init: RequestInit): Promise<Response> => fetch(server.url + path, init);

const LOGITS = Float32Array.from({ length: 151936 }, (_, i) => ((i * 7919) % 151936) / 8000);
const draw = async (): Promise<unknown> =>
  (await send("/draws?seed=5&draws=4&temperature=0.9&top_k=1000&top_p=0.95", binary(LOGITS))).json();

/** What the library draws under Node, where this test runs, must come from workerd too. */
test("draws the tokens, logprobs and scores that Node draws", async () => {
  const { handle } = await import("../src/handle.ts");
  for (const request of [
    ["/sample?seed=1", binary(LOGITS)],
    ["/sample?seed=1&position=2&top_p=0.9", binary(LOGITS)],
    ["/draws", json({ logits: [1, 2, "-Infinity", 3], seed: "-1", temperature: 0.5, draws: 3 })],
    ["/draws?seed=5&draws=1024&temperature=0.9&top_k=2000", binary(LOGITS)],
  ] as const) {
    const [path, init] = request;
    const [there, here] = await Promise.all([send(path, init), handle(new Request(`http://node.test${path}`, init))]);
    expect(there.status).toBe(200);
    expect(there.headers.get("content-type")).toMatch(/^application\/json/);
    expect(await there.text()).toBe(await here.text());
  }
});

test("a Worker runs the SIMD build", async () => {
  expect(await (await send("/health", {})).json()).toMatchObject({ status: "ok", build: "simd" });
});

test.each(CASES)("$name: $status, and the next request is served", async ({ path, init, status, message }) => {
  const response = await send(path, init);
  expect(response.status).toBe(status);
  expect(((await response.json()) as { error: { message: string } }).error.message).toMatch(message);
  expect((await send("/sample?seed=1", binary(Float32Array.of(1, 2)))).status).toBe(200);
});

/** Bytes on a bare connection, for what fetch would not send; the answer until it ends, or until `close` ms have passed. */
function raw(head: string, body: Uint8Array, close?: number): Promise<string> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(Number(port), hostname, () => {
      socket.write(head);
      socket.write(body);
      if (close !== undefined) setTimeout(() => socket.destroy(), close);
    });
    socket.on("data", (data) => {
      answer += data;
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(answer));
  });
}

const head = (length: string): string =>
  [
    "POST /sample?seed=1 HTTP/1.1",
    "host: sampler.test",
    "content-type: application/octet-stream",
    length,
    "connection: close",
    "\r\n",
  ].join("\r\n");

test("a connection that ends in the middle of a body harms nobody", async () => {
  const before = await draw();
  for (let i = 0; i < 20; i++) await raw(head("content-length: 607744"), new Uint8Array(300_000), 5 * i);
  await raw(head("transfer-encoding: chunked"), Buffer.from("10\r\n0123456789abcdef\r\n"), 50);
  expect(await draw()).toEqual(before);
});

test("a body longer than the limit is refused before it was sent", async () => {
  const answer = await raw(head("content-length: 1000000000000"), new Uint8Array(1000), 500);
  expect(answer).toMatch(/^HTTP\/1.1 413 /);
  expect(await draw()).toBeTruthy();
});

test("a chunked body is read", async () => {
  const chunk = Buffer.concat([
    Buffer.from("8\r\n"),
    new Uint8Array(Float32Array.of(1, 2).buffer),
    Buffer.from("\r\n0\r\n\r\n"),
  ]);
  expect(await raw(head("transfer-encoding: chunked"), chunk)).toMatch(/^HTTP\/1.1 200 .*"candidates":2/s);
});

test("what is no HTTP is refused, and the next request is served", async () => {
  expect(await raw("\x16\x03\x01 hello\r\n\r\n", new Uint8Array(10), 500)).not.toMatch(/ 200 /);
  expect(await draw()).toBeTruthy();
});

test("many at once have the answers that they have alone", async () => {
  const paths = Array.from({ length: 24 }, (_, i) => `/sample?seed=${i}&top_p=0.9`);
  const alone = [];
  for (const path of paths) alone.push(await (await send(path, binary(LOGITS))).text());
  const together = await Promise.all(paths.map(async (path) => (await send(path, binary(LOGITS))).text()));
  expect(together).toEqual(alone);
});

test("its memory is what the largest request needed, and stays", async () => {
  const bytes = async () => ((await (await send("/health", {})).json()) as { wasm_bytes: number }).wasm_bytes;
  await draw();
  const first = await bytes();
  for (let i = 0; i < 30; i++) await draw();
  expect(await bytes()).toBe(first);
});
