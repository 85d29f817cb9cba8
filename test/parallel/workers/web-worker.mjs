// A Web Worker as users write it; with a `kind` its answers are spoiled on their way out.
import { serve } from "reparam/parallel";
import "./dice.mjs";
import "./kinds.mjs";
import { tamper } from "./tamper.mjs";

const { kind } = Object.fromEntries(new URL(import.meta.url).searchParams);
serve(
  kind && {
    addEventListener,
    postMessage: (message, transfer) =>
      kind === "hostile"
        ? hostile(message, transfer)
        : postMessage({ ...message, answers: message.answers?.map((each) => tamper(each, import.meta.url)) }),
  },
);

/** What is no answer comes before each answer. */
function hostile(message, transfer) {
  const { talk, id } = message;
  const bytes = new Uint8Array(8);
  for (const each of [
    null,
    7,
    "answers",
    [],
    { id, answers: [bytes] },
    { talk, id: -1, answers: [bytes] },
    { talk, id: String(id), answers: [bytes] },
    { talk, id, answers: bytes },
    { talk, id, answers: [] },
    { talk, id, answers: Array(64).fill(bytes) },
    { talk, id, answers: message.answers?.map(() => ({ length: 8, byteLength: 8 })) },
    { talk, id, answers: message.answers?.map(() => null) },
    { talk, id: { __proto__: null }, answers: [{ name: "Error" }] },
    { talk, ready: true },
  ])
    postMessage(each);
  postMessage(message, transfer);
}
