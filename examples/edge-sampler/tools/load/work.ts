/** What the load is made of. */

/** The vocabulary of Qwen 2.5. */
export const VOCABULARY = 151_936;

export interface Work {
  readonly name: string;
  readonly path: string;
  readonly type: string;
  readonly body: Buffer;
}

/** Bell-shaped with a tail of likely tokens, like the output of a language model; the same in every run. */
const LOGITS = Float32Array.from({ length: VOCABULARY }, (_, i) => {
  const u = (((i + 1) * 2_654_435_761) % 2 ** 32) / 2 ** 32;
  return Math.fround(2.5 * Math.log(u / (1 - u)));
});

const binary = (name: string, path: string): Work => ({
  name,
  path,
  type: "application/octet-stream",
  body: Buffer.from(LOGITS.buffer),
});

/** The one that is measured at every number of connections. */
export const BYTES = binary("/sample, top_p 0.95", "/sample?seed=1&temperature=0.8&top_p=0.95");

/** The same as text. */
export const NUMBERS: Work = {
  name: "/sample, top_p 0.95, logits as JSON",
  path: "/sample",
  type: "application/json",
  body: Buffer.from(JSON.stringify({ logits: [...LOGITS], seed: 1, temperature: 0.8, top_p: 0.95 })),
};

export const OTHERS: readonly Work[] = [
  binary("/sample, no filter", "/sample?seed=1&temperature=0.8"),
  binary("/sample, top_k 50", "/sample?seed=1&temperature=0.8&top_k=50"),
  binary("/sample, top_k 50 and top_p 0.95", "/sample?seed=1&temperature=0.8&top_k=50&top_p=0.95"),
  binary("/draws, 16 without replacement", "/draws?seed=1&temperature=0.8&draws=16"),
  NUMBERS,
  { name: "/health, no logits", path: "/health", type: "", body: Buffer.alloc(0) },
];
