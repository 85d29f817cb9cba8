import { bits, foldIn, type Key, key, split } from "reparam";
import { type Counter, createBlocks } from "./blocks.ts";
import { mapPieces, oneByOne, PIECE, pieces, type Words } from "./chunks.ts";
import { everyFourth, halves, reversed } from "./rearrange.ts";

/** A sequence of 32-bit words that the library can give, in an order in which somebody might use them. */
export interface Stream {
  readonly id: string;
  /** What the words are, for the report. */
  readonly title: string;
  /** From its beginning. */
  words(): Words;
}

const root: Key = key(0x5eed);

const single = (from: Key, offset = 0): Words =>
  pieces((piece, first) => bits(from, piece.length, { offset: offset + first, out: piece }));

/** Words of n keys in turns: word 0 of each, word 1 of each, … */
function roundRobin(n: number): Words {
  const keys = split(root, n);
  const each = Math.ceil(PIECE / n);
  return pieces((piece, first) => {
    keys.forEach((child, i) => {
      const run = bits(child, each, { offset: first / n });
      for (let j = 0; j < each; j++) piece[j * n + i] = run[j];
    });
  }, each * n);
}

const word = new Uint32Array(1);
const wordAt = (from: Key, offset: number): number => bits(from, 1, { offset, out: word })[0];

/** Elements at multiples of `stride`, as far as elements have numbers; then their right neighbours, and so on. */
function strided(stride: number): Words {
  const steps = Math.floor(2 ** 53 / stride) - 1;
  return oneByOne((i) => wordAt(root, (i % steps) * stride + Math.floor(i / steps)));
}

/** Blocks of the counters `counter` gives, all four words of each. */
function blocks(counter: (i: number) => Counter, from: (i: number) => Key = () => root): Words {
  const block = createBlocks();
  return pieces((piece, first) => {
    for (let i = 0; i < piece.length; i += 4) {
      const b = (first + i) / 4;
      piece.set(block(from(b), counter(b)), i);
    }
  });
}

/** Derived keys themselves, as words: low, high, low, high, … */
const keysAsWords = (derive: (first: number, count: number) => readonly Key[]): Words =>
  pieces((piece, first) => {
    const keys = derive(first / 2, piece.length / 2);
    keys.forEach(({ lo, hi }, i) => {
      piece.set([lo, hi], 2 * i);
    });
  });

const low32 = (i: number): number => i % 2 ** 32;

export const STREAMS: readonly Stream[] = [
  { id: "single", title: "`bits(key, n)` from element 0 on", words: () => single(root) },
  {
    id: "carry",
    title: "the same from element 2^34 − 2^26 on, past the low counter word",
    words: () => single(root, 2 ** 34 - 2 ** 26),
  },
  {
    id: "reversed",
    title: "the single stream, each word with its bits in reverse order",
    words: () => mapPieces(single(root), reversed),
  },
  { id: "low", title: "the low 16 bits of its words, two to a word", words: () => mapPieces(single(root), halves(0)) },
  {
    id: "high",
    title: "the high 16 bits of its words, two to a word",
    words: () => mapPieces(single(root), halves(16)),
  },
  { id: "split-2", title: "2 children of `split`, word by word in turns", words: () => roundRobin(2) },
  { id: "split-1000", title: "1000 children of `split`, word by word in turns", words: () => roundRobin(1000) },
  {
    id: "fold-in",
    title: "element 0 of `foldIn(key, i)`, i = 0, 1, 2, …",
    words: () => oneByOne((i) => wordAt(foldIn(root, i), 0)),
  },
  {
    id: "fold-in-keys",
    title: "the keys `foldIn(key, i)` themselves, as words",
    words: () => keysAsWords((first, count) => Array.from({ length: count }, (_, i) => foldIn(root, first + i))),
  },
  {
    id: "seeds",
    title: "the first block of `key(i)`, i = 0, 1, 2, …",
    words: () =>
      blocks(
        () => [0, 0, 0, 0],
        (i) => key(i),
      ),
  },
  {
    id: "stride-4",
    title: "elements 0, 4, 8, …: one word of each block",
    words: () => mapPieces(single(root), everyFourth),
  },
  { id: "stride-2^20", title: "elements 0, 2^20, 2·2^20, …", words: () => strided(2 ** 20) },
  {
    id: "stride-2^32",
    title: "elements 0, 2^32, 2·2^32, … to the last, then 1, 2^32 + 1, …",
    words: () => strided(2 ** 32),
  },
  {
    id: "draws",
    title: "block 0 of draws 0, 1, 2, … (fourth counter word)",
    words: () => blocks((i) => [0, 0, 0, low32(i)]),
  },
  {
    id: "draws-8",
    title: "blocks 0 to 7 of draw 0, of draw 1, …: rows of 32 categories drawn again and again",
    words: () => blocks((i) => [i % 8, 0, 0, low32(Math.floor(i / 8))]),
  },
  {
    id: "tails",
    title: "the words that lengthen tails (third counter word 1)",
    words: () => blocks((i) => [low32(i), 0, 1, 0]),
  },
  {
    id: "words-tails",
    title: "blocks of words and of tails in turns",
    words: () => blocks((i) => [low32(i >>> 1), 0, i & 1, 0]),
  },
];
