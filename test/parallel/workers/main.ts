// node --import tsx main.ts: a program in TypeScript whose threads import a module in TypeScript. It disposes nothing, and has to end.
import { key } from "reparam";
import { expectation } from "reparam/inference";
import { threads } from "reparam/parallel/threads";
import { coin } from "./typed.ts";

const executor = await threads({ module: new URL("./typed.ts", import.meta.url), workers: 2 });
const { cost, distribution } = coin();
const options = { key: key(1), samples: 10_000 };
const here = await expectation(cost, distribution, options);
const there = await expectation(cost, distribution, { ...options, executor });
console.log(JSON.stringify([here, there]));
