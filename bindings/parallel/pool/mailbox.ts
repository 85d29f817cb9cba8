/** Messages in the order in which they come, for one who waits for them; after a failure there are none. */
export class Mailbox<T> {
  readonly #waiting: T[] = [];
  #failure: { readonly reason: unknown } | undefined;
  #wake: (() => void) | undefined;

  push(message: T): void {
    this.#waiting.push(message);
    this.#wake?.();
  }

  /** The first failure counts. */
  fail(reason: unknown): void {
    this.#failure ??= { reason };
    this.#wake?.();
  }

  /** @throws what it failed with, at once: messages that wait are of no use any more */
  async next(): Promise<T> {
    for (;;) {
      if (this.#failure) throw this.#failure.reason;
      if (this.#waiting.length > 0) return this.#waiting.shift() as T;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
