// A Web Worker as users write it; with a `kind` its answers are spoiled on their way out.
import { serve } from "reparam/parallel";
import "./dice.mjs";
import { tamper } from "./tamper.mjs";

const { kind } = Object.fromEntries(new URL(import.meta.url).searchParams);
serve(
  kind && {
    addEventListener,
    postMessage: (message, transfer) =>
      kind === "hostile"
        ? hostile(message, transfer)
        : message.partial
          ? postMessage({ ...message, partial: tamper(message.partial, import.meta.url) })
          : postMessage(message, transfer),
  },
);

/** What is no answer comes before each answer. */
function hostile(message, transfer) {
  const { talk, id } = message;
  const bytes = new Uint8Array(8);
  for (const each of [
    null,
    7,
    "partial",
    [],
    { id, partial: bytes },
    { talk, id: -1, partial: bytes },
    { talk, id: String(id), partial: bytes },
    { talk, id, partial: { length: 8, byteLength: 8 } },
    { talk, id, partial: [1, 2], refusal: "no" },
    { talk, id: { __proto__: null }, refusal: { name: "Error" } },
    { talk, ready: true },
  ])
    postMessage(each);
  postMessage(message, transfer);
}
