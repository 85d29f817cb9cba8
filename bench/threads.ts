/** npm run bench:threads: how many times as fast two threads are as none, and whether the bits are the same. */

import { parseArgs } from "node:util";
import { run } from "./command.ts";
import { digits } from "./format.ts";
import { nameOf, type Start } from "./threads/contestant.ts";
import { expectationOf } from "./threads/expectation.ts";
import { race, results } from "./threads/race.ts";
import { vaeOf } from "./threads/vae.ts";

const USAGE = `Usage: npm run bench:threads -- [--only expectation|vae] [--draws N] [--batch N] [--piece N] [--rounds N] [--check N]

  --only NAME    an expectation, or training steps of the main job: both by default
  --draws N      of the expectation, a round: 100,000,000 by default
  --batch N      images of a training step: 400 by default
  --piece N      images of it that are computed at a time: 100 by default
  --rounds N     runs, or steps, that are timed: 3, or 60
  --check N      times nothing: compares what comes of N rounds without workers and with 1, 2, 3 and 7 threads

Fails when two threads are less than 1.8 times as fast as none on the expectation, or 1.5 times on the training steps; or when a bit differs.`;

/** What two cores are worth where nobody else computes. */
const QUIET = 1.9;

interface Discipline {
  readonly title: string;
  readonly start: Start;
  readonly rounds: number;
  /** How many times as fast two threads have to be. */
  readonly least: number;
}

const positive = (name: string, text: string | undefined, byDefault: number): number => {
  const value = text === undefined ? byDefault : Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`--${name} ${text}: expected an integer of 1 or more`);
  return value;
};

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: "string" },
      draws: { type: "string" },
      batch: { type: "string" },
      piece: { type: "string" },
      rounds: { type: "string" },
      check: { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const draws = positive("draws", values.draws, 100_000_000);
  const [batch, piece] = [positive("batch", values.batch, 400), positive("piece", values.piece, 100)];
  const all: Record<string, Discipline> = {
    expectation: {
      title: `an expectation of ${draws.toLocaleString("en")} draws`,
      start: expectationOf(draws),
      rounds: positive("rounds", values.rounds, 3),
      least: 1.8,
    },
    vae: {
      title: `a training step of ${batch} images in pieces of ${piece}`,
      start: vaeOf(batch, piece),
      rounds: positive("rounds", values.rounds, 60),
      least: 1.5,
    },
  };
  if (values.only !== undefined && !Object.hasOwn(all, values.only))
    throw new Error(`--only ${values.only}: expected one of ${Object.keys(all).join(", ")}`);
  const chosen = values.only === undefined ? Object.values(all) : [all[values.only]];
  const check = values.check === undefined ? undefined : positive("check", values.check, 1);
  let isGood = true;
  for (const each of chosen) if (!(await (check ? isSame(each, check) : isFast(each)))) isGood = false;
  return isGood ? 0 : 1;
}

async function isFast({ title, start, rounds, least }: Discipline): Promise<boolean> {
  const { places, worth } = await race(start, [1, 2], rounds);
  console.log(`${title}, median of ${rounds}, ms:`);
  for (const { workers, time, faster } of places)
    console.log(`  ${nameOf(workers).padEnd(12)}${digits(time).padStart(8)}${faster.toFixed(2).padStart(8)}×`);
  console.log(`  two plain loops are worth ${worth.toFixed(2)} of one meanwhile`);
  const { faster } = places[places.length - 1];
  if (faster >= least) return true;
  const busy = worth < QUIET ? ": the machine had no two cores to give, measure again in a quiet hour" : "";
  console.error(`Too slow: two threads are ${faster.toFixed(2)} times as fast, not ${least}${busy}`);
  return false;
}

async function isSame({ title, start }: Discipline, rounds: number): Promise<boolean> {
  const found = await results(start, [1, 2, 3, 7], rounds);
  console.log(`${title}, after ${rounds}:`);
  for (const [name, result] of found) console.log(`  ${name.padEnd(12)}${result.slice(0, 100)}`);
  if (new Set(found.values()).size === 1) return true;
  console.error("Not the same bits");
  return false;
}

run("npm run bench:threads", main);
