// Bad calls of `reparam/graph`: checkpoints and initial values.

import * as graph from "../../bindings/graph/index.ts";
import { ArgumentError, CheckpointError } from "../../bindings/index.ts";
import { type BadCall, bad, each, K, wrong } from "./bad-call.ts";

const { loadCheckpoint, saveCheckpoint } = graph;

const damaged = (bytes: Uint8Array, at: number) => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
const loading = (
  name: string,
  take: (bytes: Uint8Array) => Uint8Array,
  error: typeof CheckpointError,
  message: string | RegExp,
) =>
  bad(
    `loadCheckpoint of ${name}`,
    ({ bytes, parameters, optimizer }) => loadCheckpoint(take(bytes), { parameters, optimizer }),
    error,
    "bytes",
    message,
  );
const CUT = "an undamaged checkpoint, got one whose checksum is wrong: it was cut or changed";
const circular: unknown[] = [];
circular.push(circular);
const checkpoints = [
  ...each<Uint8Array>(
    "loadCheckpoint",
    "bytes",
    ["RPRM", null, undefined, 5],
    "a Uint8Array",
    (bytes, { parameters }) => loadCheckpoint(bytes, { parameters }),
  ),
  loading("floats", () => wrong(new Float32Array(4)), ArgumentError, "a Uint8Array, got a Float32Array of length 4"),
  loading("nothing", () => new Uint8Array(0), CheckpointError, "a checkpoint of at least 16 bytes, got 0 bytes"),
  loading(
    "something else",
    () => new Uint8Array(100),
    CheckpointError,
    "a checkpoint, starting with RPRM, got something else",
  ),
  loading(
    "a later version",
    (bytes) => damaged(bytes, 5),
    CheckpointError,
    "a checkpoint of version 1, got version 257",
  ),
  loading("half a checkpoint", (bytes) => bytes.slice(0, bytes.length / 2), CheckpointError, CUT),
  loading("a changed header", (bytes) => damaged(bytes, 30), CheckpointError, CUT),
  loading("a changed number", (bytes) => damaged(bytes, bytes.length - 1), CheckpointError, CUT),
  bad(
    "loadCheckpoint into parameters of other names",
    ({ bytes, w, b, optimizer }) => loadCheckpoint(bytes, { parameters: { w, c: b }, optimizer }),
    ArgumentError,
    "optimizer",
    'an optimizer of these parameters, "c" among them, got one of w, b',
  ),
  bad(
    "loadCheckpoint into fewer parameters",
    ({ bytes, w, optimizer }) => loadCheckpoint(bytes, { parameters: { w }, optimizer }),
    CheckpointError,
    "parameters",
    "those of the checkpoint: w [3, 2], b [2], got w [3, 2]",
  ),
  bad(
    "loadCheckpoint into another optimizer",
    ({ bytes, b, w, falling }) => loadCheckpoint(bytes, { parameters: { w, b }, optimizer: falling }),
    ArgumentError,
    "optimizer",
    /"w" among them, got one of b$/,
  ),
  bad(
    "saveCheckpoint of an extra that is no JSON",
    ({ parameters }) => saveCheckpoint({ parameters, extra: 1n }),
    ArgumentError,
    "extra",
    /^a value that JSON can hold, got .*BigInt/,
  ),
  bad(
    "saveCheckpoint of an extra that contains itself",
    ({ parameters }) => saveCheckpoint({ parameters, extra: circular }),
    ArgumentError,
    "extra",
    /^a value that JSON can hold, got .*circular/,
  ),
];

const initial = [graph.glorot, graph.he].flatMap((make) => [
  ...each<number>(make.name, "inputs", [0, -1, 1.5, "3", undefined], "an integer of 1 or more", (n) => make(K, [n, 3])),
  ...each<number>(make.name, "outputs", [0, -1, 1.5, "3", undefined], "an integer of 1 or more", (n) =>
    make(K, [3, n]),
  ),
]);

export const BAD_CHECKPOINTS: readonly BadCall[] = [checkpoints, initial].flat();
