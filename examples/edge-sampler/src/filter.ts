import { softmax } from "reparam";
import { keepCount, keepShare } from "./cut.ts";
import { Problem } from "./problem.ts";

export interface Filter {
  readonly temperature: number;
  readonly topK: number;
  readonly topP: number;
}

/**
 * Turns logits, in place, into those of the distribution that is drawn from: divided by the temperature, and -Infinity
 * for the tokens that top-k and then top-p leave out. Tokens rank by logit, of equal ones the lowest first; top-p takes
 * probabilities among those that top-k left.
 *
 * Top-p (nucleus): Holtzman et al. 2020, section 3.1.
 * @returns how many tokens can be drawn, at least 1
 */
export function filter(logits: Float32Array, { temperature, topK, topP }: Filter): number {
  let candidates = temper(logits, temperature === 0 ? 1 : temperature);
  const most = temperature === 0 ? 1 : topK;
  if (most > 0 && most < candidates) candidates = keepCount(logits, most);
  if (topP < 1 && candidates > 1) candidates = keepMass(logits, topP, candidates);
  return candidates;
}

const LARGEST = 2 ** 128 - 2 ** 104;

/** logits / temperature, rounded to f32. @returns how many are above -Infinity */
function temper(logits: Float32Array, temperature: number): number {
  let candidates = 0;
  for (let i = 0; i < logits.length; i++) {
    const tempered = logits[i] / temperature;
    if (!(tempered <= LARGEST)) throw tooLarge(i, logits[i], temperature);
    logits[i] = tempered + 0; // no -0: it equals 0 and must rank with it
    if (logits[i] > -Infinity) candidates++;
  }
  if (candidates === 0)
    throw new Problem(400, "logits", "expected one above -Infinity, received none: there is nothing to draw");
  return candidates;
}

const tooLarge = (i: number, logit: number, temperature: number): Problem =>
  Number.isFinite(logit)
    ? new Problem(
        400,
        "temperature",
        `too low for ${logit} at logits[${i}]: their ratio ${logit / temperature} is no float32`,
      )
    : new Problem(
        400,
        `logits[${i}]`,
        `expected a finite float32, or -Infinity for a token never drawn, received ${logit}`,
      );

function keepMass(logits: Float32Array, topP: number, candidates: number): number {
  if (candidates === logits.length) return keepShareOf(logits, topP);
  // What top-k left is mostly little: 50 tokens cost nothing beside a row of 150 000.
  const tokens = new Int32Array(candidates);
  const left = new Float32Array(candidates);
  let count = 0;
  for (let i = 0; i < logits.length; i++) {
    if (logits[i] === -Infinity) continue;
    tokens[count] = i;
    left[count++] = logits[i];
  }
  const kept = keepShareOf(left, topP);
  for (let j = 0; j < count; j++) logits[tokens[j]] = left[j];
  return kept;
}

/** Kept between requests, as large as the largest so far; of the length in use every element is written first. */
let room = new Float32Array(0);

function keepShareOf(logits: Float32Array, topP: number): number {
  if (room.length < logits.length) room = new Float32Array(logits.length);
  return keepShare(logits, softmax(logits, { out: room.subarray(0, logits.length) }), topP);
}
