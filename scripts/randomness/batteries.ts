import type { Battery } from "./battery.ts";
import { CONTROLS } from "./controls.ts";
import { dieharderStart, findDieharder } from "./dieharder.ts";
import { STREAMS } from "./streams.ts";
import { findTestU01 } from "./testu01.ts";

const CONTROL_IDS = CONTROLS.map(({ id }) => id);
const EVERY_STREAM = [...STREAMS.map(({ id }) => id), ...CONTROL_IDS];

/** Of dieharder's tests those it calls good, without the three that take half of the time (rgb_lagged_sum, dab_bytedistrib, rgb_bitdist 1-12). */
const DIEHARDER = [0, 1, 2, 3, 4, 8, 9, 10, 11, 12, 13, 15, 16, 100, 101, 102, 204, 206, 207, 208, 209];
const DIEHARDER_NTUPLES = [
  [200, 2],
  [201, 2],
  [201, 5],
  [202, 3],
  [202, 5],
] as const;

/** Of Crush's 96 tests, by the numbers they have there: CollisionOver, BirthdaySpacings, MatrixRank, RandomWalk1, LinearComp, Fourier3. */
const CRUSH = [8, 11, 56, 65, 70, 73];

export const BATTERIES: readonly Battery[] = [
  {
    id: "smallcrush",
    title: "TestU01's SmallCrush, whole",
    streams: EVERY_STREAM,
    starts: [["smallcrush"]],
    prepare: findTestU01,
  },
  {
    id: "alphabit",
    title: "TestU01's Alphabit on 2^28 bits",
    streams: EVERY_STREAM,
    starts: [["alphabit", String(2 ** 28)]],
    prepare: findTestU01,
  },
  {
    id: "rabbit",
    title: "TestU01's Rabbit on 2^26 bits",
    streams: ["single", "reversed", "split-1000", "fold-in-keys", "stride-2^32", "draws", ...CONTROL_IDS],
    starts: [["rabbit", String(2 ** 26)]],
    prepare: findTestU01,
  },
  {
    id: "crush",
    title: `TestU01's Crush, ${CRUSH.length} of its 96 tests`,
    streams: ["single", "split-1000"],
    starts: [["crush", ...CRUSH.map(String)]],
    prepare: findTestU01,
  },
  {
    id: "dieharder",
    title: `dieharder, ${DIEHARDER.length + DIEHARDER_NTUPLES.length} of its tests with their own numbers of samples`,
    streams: ["single", "split-1000", "draws", "randu"],
    starts: [
      ...DIEHARDER.map((test) => dieharderStart(test)),
      ...DIEHARDER_NTUPLES.map(([test, n]) => dieharderStart(test, n)),
    ],
    prepare: findDieharder,
  },
];
