/** What every engine executes, bundled with the cases: a program in Node and Bun, a page's script in a browser. */
import { type Job, type Message, run } from "../run.ts";

interface Conversation {
  readonly job: Job;
  readonly tell: (message: Message) => void | Promise<void>;
}

function inProgram(): Conversation {
  return { job: JSON.parse(process.argv[2]) as Job, tell: (message) => console.log(JSON.stringify(message)) };
}

/** Addresses as in engines/server.ts. */
async function inPage(): Promise<Conversation> {
  const response = await fetch("/job.json");
  return {
    job: (await response.json()) as Job,
    tell: async (message) => void (await fetch("/messages", { method: "POST", body: JSON.stringify(message) })),
  };
}

const { job, tell } = typeof document === "undefined" ? inProgram() : await inPage();
try {
  await run(job, tell);
} catch (error) {
  await tell({ type: "failed", message: error instanceof Error ? error.message : String(error) });
}
