// A main program: run-mean.ts REDIS.

import { bullmq } from "reparam/parallel/bullmq";
import { mean } from "./mean.ts";

const executor = await bullmq({ redis: process.argv[2] as string });
const { found } = await mean(executor);
await executor.dispose();
console.log(`mean ${found.value}`);
