// A worker whose first shard never ends, though it gets turns: hanging.mjs REDIS. It says so, and computes the others.

import { performer } from "reparam/parallel";
import { serveQueue } from "reparam/parallel/bullmq";
import "./work.mjs";

let isFirst = true;
await serveQueue({
  redis: process.argv[2],
  onEvent: ({ type, ...rest }) => console.log(type, JSON.stringify(rest)),
  perform: () => {
    const worker = performer();
    return {
      perform: (...message) => {
        if (!isFirst) return worker.perform(...message);
        isFirst = false;
        return new Promise(() => {});
      },
    };
  },
});
