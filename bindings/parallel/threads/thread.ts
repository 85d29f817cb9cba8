import type { Answers, Errand, Hand, Refusal } from "../pool/hand.ts";
import type { Tinypool, TinypoolClass } from "./tinypool.ts";

/** What a thread says of the modules that it was to import. */
export type Started = { readonly module: string; readonly error: Refusal } | undefined;

export interface ThreadOptions {
  readonly Tinypool: TinypoolClass;
  readonly modules: readonly string[];
  /** Milliseconds for the modules. */
  readonly start: number;
}

/** A module of a user could not be imported. */
export class ImportError extends Error {
  readonly module: string;

  constructor(module: string, message: string) {
    super(message);
    this.module = module;
  }
}

const FILE = new URL("./parallel.threads.worker.js", import.meta.url).href;

/**
 * A thread, and a pool of tinypool around it: of a pool of several nobody learns which of them has which task, nor that one has
 * exited, whose task would wait for ever.
 */
export class Thread implements Hand {
  readonly ready: Promise<void>;
  readonly #pool: Tinypool;
  readonly #exit: Promise<void>;
  /** Of the task that it has. */
  #reject: (reason: Error) => void = () => {};
  #reason: Error | undefined;

  constructor({ Tinypool, modules, start }: ThreadOptions) {
    this.#pool = new Tinypool({
      filename: FILE,
      minThreads: 1,
      maxThreads: 1,
      // A thread that waits for its next task in Atomics.wait sends no messages in Deno, not even the last one that it posted.
      useAtomics: !("Deno" in globalThis),
    });
    this.#pool.on("error", (error) => void this.end(error));
    this.#exit = new Promise((resolve) => {
      for (const thread of this.#pool.threads)
        thread.on("exit", (code) => {
          resolve();
          void this.end(new Error(`the thread exited with code ${code}`));
        });
    });
    this.ready = this.#start(modules, start);
    // Of a thread that nobody waits for.
    this.ready.catch(() => {});
  }

  get isGone(): boolean {
    return this.#reason !== undefined;
  }

  async #start(modules: readonly string[], patience: number): Promise<void> {
    const late = new Error(`not imported within ${patience} ms`);
    const timer = setTimeout(() => void this.end(late), patience);
    try {
      const started = (await this.#run({ modules })) as Started;
      if (started) throw new ImportError(started.module, `${started.error.name}: ${started.error.message}`);
    } catch (error) {
      await this.end(error as Error);
      throw error instanceof ImportError ? error : new ImportError(modules.join(", "), (error as Error).message);
    } finally {
      clearTimeout(timer);
    }
  }

  async perform(errand: Errand): Promise<Answers> {
    const answers = (await this.#run(errand)) as Uint8Array | Answers;
    return Array.isArray(answers) ? answers : [answers as Uint8Array];
  }

  /** The thread's answer. What rejects is its death: it catches what modules and shards throw. */
  #run(task: object): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#reason) return reject(this.#reason);
      this.#reject = reject;
      this.#pool.run(task).then(resolve, (error) => void this.end(error));
    });
  }

  /** It looks at the flag. */
  cancel(): void {}

  async end(reason: Error): Promise<void> {
    if (!this.#reason) {
      this.#reason = reason;
      this.#reject(reason);
      // Of a thread that has exited by itself it never resolves.
      this.#pool.destroy().catch(() => {});
    }
    await this.#exit;
  }
}
