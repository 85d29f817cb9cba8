/** Requests that a stranger might send, and how each must be answered: the same list for the handler and for workerd. */

export interface Case {
  readonly name: string;
  readonly path: string;
  readonly init: RequestInit;
  readonly status: number;
  /** What the message must say; it begins with the field that is wrong. */
  readonly message: RegExp;
}

const JSON_TYPE = { "content-type": "application/json" };
const BINARY = { "content-type": "application/octet-stream" };

export const json = (body: unknown): RequestInit => ({
  method: "POST",
  headers: JSON_TYPE,
  body: typeof body === "string" ? body : JSON.stringify(body),
});

export const binary = (logits: Float32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>): RequestInit => ({
  method: "POST",
  headers: BINARY,
  body: logits,
});

const refused = (name: string, status: number, path: string, init: RequestInit, message: RegExp): Case => ({
  name,
  path,
  init,
  status,
  message,
});

const badJson = (name: string, body: unknown, message: RegExp, path = "/sample"): Case =>
  refused(name, 400, path, json(body), message);

const badQuery = (name: string, query: string, message: RegExp): Case =>
  refused(name, 400, `/sample?${query}`, binary(Float32Array.of(1, 2)), message);

const badFloats = (name: string, logits: number[], message: RegExp, query = "seed=1"): Case =>
  refused(name, 400, `/sample?${query}`, binary(Float32Array.from(logits)), message);

const logits = [1, 2, 3];

export const CASES: readonly Case[] = [
  refused("unknown path", 404, "/sampel", json({ logits, seed: 1 }), /^path: unknown: \/sampel; there are \/sample,/),
  refused("a name of Object.prototype as path", 404, "/constructor", json({ logits, seed: 1 }), /^path/),
  refused("GET where POST is due", 405, "/sample", {}, /^method: expected POST, received GET/),
  refused("POST where GET is due", 405, "/health", json({}), /^method: expected GET, received POST/),
  refused(
    "no content type",
    415,
    "/sample",
    { method: "POST", body: new Uint8Array(4) },
    /^content-type: .*received none/,
  ),
  refused(
    "text",
    415,
    "/sample",
    { method: "POST", body: "1,2", headers: { "content-type": "text/plain" } },
    /^content-type: .*text\/plain/,
  ),
  refused(
    "compressed",
    415,
    "/sample?seed=1",
    { method: "POST", body: new Uint8Array(4), headers: { ...BINARY, "content-encoding": "gzip" } },
    /^content-encoding: .*gzip/,
  ),

  badJson("malformed JSON", '{"logits": [1, 2', /^body: expected JSON in UTF-8/),
  badJson("NaN spelt out", '{"logits": [1, NaN], "seed": 1}', /^body: expected JSON/),
  badJson("an empty body", "", /^body: expected JSON/),
  refused(
    "bytes that are no UTF-8",
    400,
    "/sample",
    { method: "POST", headers: JSON_TYPE, body: Uint8Array.of(0x22, 0xff, 0x22) },
    /^body: expected JSON in UTF-8/,
  ),
  badJson("an array", [1, 2], /^body: expected a JSON object, received an array of length 2/),
  badJson("null", null, /^body: expected a JSON object, received null/),
  badJson("no logits", { seed: 1 }, /^logits: expected an array of numbers, received nothing/),
  badJson("empty logits", { logits: [], seed: 1 }, /^logits: expected at least one/),
  badJson("the string NaN", { logits: [1, "NaN"], seed: 1 }, /^logits\[1\]: expected a number.*received "NaN"/),
  badJson("null, as JSON writes NaN", { logits: [1, Number.NaN], seed: 1 }, /^logits\[1\]: .*received null/),
  badJson("a nested array", { logits: [[1, 2]], seed: 1 }, /^logits\[0\]: .*received an array of length 2/),
  badJson("a number beyond float64", '{"logits": [1, 1e999], "seed": 1}', /^logits\[1\]: expected a finite.*Infinity/),
  badJson("a number beyond float32", { logits: [1e39], seed: 1 }, /^logits\[0\]: expected a finite/),
  badJson("nothing to draw", { logits: ["-Infinity"], seed: 1 }, /^logits: expected one above -Infinity/),
  badJson("no seed", { logits }, /^seed: expected an integer.*received nothing/),
  badJson("a fraction as seed", { logits, seed: 1.5 }, /^seed: .*received 1.5/),
  badJson("a seed that JSON has rounded", '{"logits": [1], "seed": 9007199254740993}', /^seed: .*as a string/),
  badJson("a seed of 65 bits", { logits, seed: "18446744073709551616" }, /^seed: .*at most 64 bits/),
  badJson("a misspelt field", { logits, seed: 1, top_pp: 1 }, /^top_pp: unknown field; \/sample takes seed,/),
  badJson("__proto__", '{"logits": [1], "seed": 1, "__proto__": {}}', /^__proto__: unknown field/),
  badJson("draws of /sample", { logits, seed: 1, draws: 2 }, /^draws: unknown field/),
  badJson("no draws of /draws", { logits, seed: 1 }, /^draws: expected an integer from 1.*nothing/, "/draws"),
  badJson("no draws at all", { logits, seed: 1, draws: 0 }, /^draws: expected an integer from 1/, "/draws"),
  badJson("too many draws", { logits, seed: 1, draws: 1e6 }, /^draws: .*received 1000000/, "/draws"),
  badJson("a negative position", { logits, seed: 1, position: -1 }, /^position: expected an integer of 0 or more/),
  badJson("a negative temperature", { logits, seed: 1, temperature: -1 }, /^temperature: .*received -1/),
  badJson("temperature as text", { logits, seed: 1, temperature: "1" }, /^temperature: .*received "1"/),
  badJson("top_p of 0", { logits, seed: 1, top_p: 0 }, /^top_p: expected a number above 0/),
  badJson("top_p above 1", { logits, seed: 1, top_p: 1.01 }, /^top_p: .*received 1.01/),
  badJson("top_p of null", { logits, seed: 1, top_p: null }, /^top_p: .*received null/),
  badJson("half a top_k", { logits, seed: 1, top_k: 0.5 }, /^top_k: expected an integer/),
  refused("a query beside JSON", 400, "/sample?top_k=1", json({ logits, seed: 1 }), /^top_k: in the query of a JSON/),

  refused("3 bytes", 400, "/sample?seed=1", binary(new Uint8Array(3)), /^body: .*4-byte floats, received 3 bytes/),
  refused("no bytes", 400, "/sample?seed=1", { method: "POST", headers: BINARY }, /^logits: expected at least one/),
  badFloats("NaN", [1, 2, Number.NaN], /^logits\[2\]: expected a finite float32.*received NaN/),
  badFloats("+Infinity", [Infinity, 2], /^logits\[0\]: .*received Infinity/),
  badFloats("only -Infinity", [-Infinity, -Infinity], /^logits: expected one above -Infinity/),
  badFloats("a ratio beyond float32", [3e38], /^temperature: too low/, "seed=1&temperature=0.1"),
  badQuery("no seed in the query", "", /^seed: .*received nothing/),
  badQuery("a seed of letters", "seed=abc", /^seed: .*received "abc"/),
  badQuery("a seed twice", "seed=1&seed=2", /^seed: expected once/),
  badQuery("NaN as temperature", "seed=1&temperature=NaN", /^temperature: .*received "NaN"/),
  badQuery("an empty top_k", "seed=1&top_k=", /^top_k: .*received ""/),
  badQuery("hexadecimal", "seed=1&top_k=0x10", /^top_k: .*received "0x10"/),
  badQuery("an unknown parameter", "seed=1&topp=0.9", /^topp: unknown field/),

  refused(
    "a binary body too large",
    413,
    "/sample?seed=1",
    binary(new Uint8Array(2 ** 21 + 4)),
    /^body: expected at most/,
  ),
  refused("a JSON body too large", 413, "/sample", json(" ".repeat(2 ** 23 + 1)), /^body: expected at most/),
  refused(
    "too many logits",
    413,
    "/sample",
    json(`{"logits": [${"1,".repeat(2 ** 19)}1], "seed": 1}`),
    /^logits: expected at most 524288, received 524289/,
  ),
];
