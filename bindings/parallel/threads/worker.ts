import { Desk } from "../pool/desk.ts";
import { type Errand, handedOver } from "../pool/hand.ts";
import type { Started } from "./thread.ts";
import { importTinypool } from "./tinypool.ts";
import { readyForTypeScript } from "./typescript.ts";

const desk = new Desk();
const tinypool = importTinypool();

/** What tinypool calls in each thread: first with the modules, then with shards. */
export async function answer(task: { readonly modules: readonly string[] } | Errand): Promise<unknown> {
  if ("modules" in task) return importAll(task.modules);
  const answers = await desk.answer(task);
  const partial = handedOver(answers);
  return partial ? (await tinypool).move(partial) : answers;
}

/** One after another, in their order. */
async function importAll(modules: readonly string[]): Promise<Started> {
  for (const module of modules)
    try {
      await readyForTypeScript(module);
      await import(module);
    } catch (error) {
      const { name, message } = error instanceof Error ? error : { name: "Error", message: String(error) };
      return { module, error: { name, message } };
    }
  return undefined;
}
