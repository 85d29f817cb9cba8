// A worker whose first performer never ends anything, though the program gets turns: hanging.mjs REDIS. The next one is as all others.

import { performer } from "reparam/parallel";
import { serveQueue } from "reparam/parallel/bullmq";
import "./work.mjs";

let isFirst = true;
await serveQueue({
  redis: process.argv[2],
  onEvent: ({ type, ...rest }) => console.log(type, JSON.stringify(rest)),
  perform: () => {
    if (!isFirst) return performer();
    isFirst = false;
    return { perform: () => new Promise(() => {}) };
  },
});
