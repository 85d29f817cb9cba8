/// <reference lib="esnext.disposable" preserve="true" />
import { checkSynchronous } from "./check.ts";
import { Core } from "./core.ts";
import { makeDisposable } from "./dispose.ts";
import { ArgumentError, DisposedError, describe } from "./errors.ts";
import type { Build } from "./instantiate.ts";
import { during } from "./shared.ts";

/** A core of one's own, with its own memory. */
export class OwnCore {
  /** For `using`: the same as `dispose()`. */
  declare readonly [Symbol.dispose]: () => void;
  #core: Core | undefined = new Core();

  /** Which build of the kernels it runs; both give the same bits. */
  get build(): Build {
    return this.#open().build;
  }

  /** Bytes of WebAssembly memory it holds. */
  get bytes(): number {
    return this.#open().bytes;
  }

  /**
   * Runs `body`, in which all calls of this library use this core. Synchronous: what is awaited would go on in another core.
   *
   * @returns what `body` returns
   * @throws DisposedError after `dispose()`; ArgumentError if `body` is not a function, or returns a promise or a generator
   */
  run<T>(body: () => T): T {
    if (typeof body !== "function") throw new ArgumentError("body", "a function", describe(body));
    return during(this.#open(), () => checkSynchronous("body", body()));
  }

  /** Lets its memory go, with the last parameter that was made in it; any later use throws a DisposedError. */
  dispose(): void {
    this.#core = undefined;
  }

  #open(): Core {
    if (this.#core) return this.#core;
    throw new DisposedError("core", "a core in use", "one that is gone");
  }
}

/**
 * A core beside the shared one: one for each tenant or request of a server, so that they share no memory. All give the same
 * bits. The compiled code is shared, so a core costs its memory: 128 kB, and 384 from its first call on.
 *
 *     const tenant = createCore();
 *     const sample = tenant.run(() => gumbelSoftmax(key(1), logits));
 */
export function createCore(): OwnCore {
  makeDisposable(OwnCore.prototype); // not beside the class, which a bundle without this function drops
  return new OwnCore();
}
