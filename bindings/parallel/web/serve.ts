import { ArgumentError } from "../../core/index.ts";
import { Desk } from "../pool/desk.ts";
import { type Errand, handedOver } from "../pool/hand.ts";
import { TALK, type WorkerScope } from "./worker.ts";

/**
 * Makes this Web Worker one of those that `webWorkers` starts: it answers messages with partial results of works that its modules share.
 *
 *     // worker.js
 *     import "./work.js";
 *     import { serve } from "reparam/parallel";
 *     serve();
 *
 * @param scope where messages come from and go to: the worker's global scope by default
 * @throws ArgumentError outside of a worker
 */
export function serve(scope: WorkerScope = globalThis as unknown as WorkerScope): void {
  if ("document" in scope || typeof scope.postMessage !== "function" || typeof scope.addEventListener !== "function")
    throw new ArgumentError("serve", "a call inside a Web Worker", "one outside of any");
  const desk = new Desk();
  scope.addEventListener("message", ({ data }) => {
    const { talk, errand, cancel, id } = (data ?? {}) as Partial<Record<string, unknown>>;
    if (talk !== TALK) return;
    if (cancel !== undefined) desk.cancel(cancel as number);
    else void answer(errand as Errand, id);
  });
  const answer = async (errand: Errand, id: unknown): Promise<void> => {
    const answers = await desk.answer(errand);
    const partial = handedOver(answers);
    scope.postMessage({ talk: TALK, id, answers }, partial ? [partial.buffer] : []);
  };
  scope.postMessage({ talk: TALK, ready: true }, []);
}
