import { type ChildProcessByStdio, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import type { Entry } from "./contestants.ts";
import type { Failure, Hello, Methods, Request, Samples } from "./protocol.ts";
import type { Work } from "./work.ts";

/** Longer than any answer takes on a slow machine, milliseconds. */
const PATIENCE = 180_000;

/** Each on one thread, whatever its libraries think of the number of cores. */
const ONE_THREAD = { OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1", MKL_NUM_THREADS: "1" };

/** What a library says for itself and not to us: kept for the error message. */
const LAST_WORDS = 2000;

/** A contestant in its process. A request at a time. */
export class Child {
  readonly entry: Entry;
  readonly #process: ChildProcessByStdio<Writable, Readable, Readable>;
  #hello: Hello = { versions: {} };
  #words = "";
  #waiting: { resolve: (message: string) => void; reject: (error: Error) => void } | undefined;
  #gone: Error | undefined;

  private constructor(entry: Entry, folder: string, signal: AbortSignal) {
    this.entry = entry;
    const [program, ...args] = [...entry.command, folder, ...entry.more];
    const env = { ...process.env, ...ONE_THREAD };
    this.#process = spawn(program, args, { stdio: "pipe", env, signal, killSignal: "SIGKILL" });
    createInterface({ input: this.#process.stdout }).on("line", (line) => {
      // Anything else was printed by a library.
      if (line.startsWith("{")) this.#waiting?.resolve(line);
      else this.#hear(line);
    });
    this.#process.stderr.setEncoding("utf8").on("data", (text: string) => this.#hear(text));
    this.#process.on("error", (error) => this.#leave(error));
    this.#process.on("close", () => this.#leave(new Error(this.#words.trim() || "the process has ended")));
    this.#process.stdin.on("error", () => {}); // It has ended; "close" says so.
  }

  /** @throws Error with what the process said before it ended */
  static async start(entry: Entry, folder: string, signal: AbortSignal): Promise<Child> {
    const child = new Child(entry, folder, signal);
    child.#hello = await child.#answer<Hello>();
    return child;
  }

  get hello(): Hello {
    return this.#hello;
  }

  prepare(work: Work): Promise<Methods> {
    return this.#ask({ do: "prepare", work });
  }

  async result(method: number, file: string): Promise<void> {
    await this.#ask({ do: "result", method, file });
  }

  turn(method: number, milliseconds: number): Promise<Samples> {
    return this.#ask({ do: "turn", method, milliseconds });
  }

  stop(): void {
    this.#process.kill("SIGKILL");
  }

  #ask<Answer>(request: Request): Promise<Answer> {
    const answer = this.#answer<Answer>();
    this.#process.stdin.write(`${JSON.stringify(request)}\n`);
    return answer;
  }

  async #answer<Answer>(): Promise<Answer> {
    if (this.#gone) throw this.#gone;
    let timer: NodeJS.Timeout | undefined;
    try {
      const line = await new Promise<string>((resolve, reject) => {
        this.#waiting = { resolve, reject };
        timer = setTimeout(() => {
          reject(new Error(`no answer in ${PATIENCE / 1000} s`));
          this.stop();
        }, PATIENCE);
      });
      const answer = JSON.parse(line) as Answer | Failure;
      if (answer instanceof Object && "error" in answer) throw new Error(answer.error);
      return answer as Answer;
    } finally {
      clearTimeout(timer);
      this.#waiting = undefined;
    }
  }

  #hear(text: string): void {
    this.#words = `${this.#words}${text}\n`.slice(-LAST_WORDS);
  }

  #leave(error: Error): void {
    this.#gone ??= error;
    this.#waiting?.reject(this.#gone);
  }
}
