import { type Answers, type Errand, type Hand, isAnswers } from "../pool/hand.ts";
import { isShared } from "../pool/rooms.ts";
import { TALK, type WebWorker } from "./worker.ts";

/** A Web Worker whose file calls `serve()`. */
export class WebHand implements Hand {
  readonly ready: Promise<void>;
  readonly #worker: WebWorker;
  #start: () => void = () => {};
  /** Of the errand that it has, in which there are so many shards. */
  #shards = 0;
  #id = 0;
  #resolve: (answers: Answers) => void = () => {};
  /** Of the errand, or of the start. */
  #reject: (reason: Error) => void = () => {};
  #reason: Error | undefined;

  /** @param patience milliseconds until the worker has to be ready */
  constructor(worker: WebWorker, patience: number) {
    this.#worker = worker;
    worker.addEventListener("message", (event) => this.#hear((event as { data?: unknown }).data));
    worker.addEventListener("error", (event) => {
      const { message, preventDefault } = event as { message?: unknown; preventDefault?: () => void };
      // In Deno the program would end with its worker.
      preventDefault?.call(event);
      void this.end(new Error(typeof message === "string" && message !== "" ? message : "it could not be loaded"));
    });
    worker.addEventListener("messageerror", () => void this.end(new Error("it sent what cannot be read here")));
    // Of Bun, where `process.exit` ends a worker.
    worker.addEventListener("close", () => void this.end(new Error("it ended by itself")));
    const timer = setTimeout(() => {
      void this.end(new Error(`not ready within ${patience} ms: its file has to call serve() of reparam/parallel`));
    }, patience);
    this.ready = new Promise<void>((resolve, reject) => {
      this.#start = resolve;
      this.#reject = reject;
    }).finally(() => clearTimeout(timer));
    // Of a worker that nobody waits for.
    this.ready.catch(() => {});
  }

  get isGone(): boolean {
    return this.#reason !== undefined;
  }

  /** Whatever is no answer to what it was asked is ignored. */
  #hear(data: unknown): void {
    const { talk, ready, id, answers } = (data ?? {}) as Partial<Record<string, unknown>>;
    if (talk !== TALK) return;
    if (ready === true) this.#start();
    if (id === this.#id && isAnswers(answers, this.#shards)) this.#resolve(answers);
  }

  perform(errand: Errand): Promise<Answers> {
    return new Promise((resolve, reject) => {
      if (this.#reason) return reject(this.#reason);
      this.#resolve = resolve;
      this.#reject = reject;
      this.#shards = errand.shards.length;
      this.#post(++this.#id, errand);
    });
  }

  #post(id: number, errand: Errand): void {
    try {
      this.#worker.postMessage({ talk: TALK, id, errand });
    } catch (error) {
      const { map, common, shards, room } = errand;
      if (!room && !(common && isShared(common))) throw error;
      // Shared memory cannot be sent where pages are not isolated from each other.
      const copy = common && { common: new Uint8Array(common) };
      this.#worker.postMessage({ talk: TALK, id, errand: { map, shards, ...copy } });
    }
  }

  cancel(map: number): void {
    if (!this.isGone) this.#worker.postMessage({ talk: TALK, cancel: map });
  }

  async end(reason: Error): Promise<void> {
    if (this.#reason) return;
    this.#reason = reason;
    this.#reject(reason);
    await this.#worker.terminate();
  }
}
