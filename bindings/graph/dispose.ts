/**
 * Lets `using` call `dispose()`. Defined by hand because WebKit has no Symbol.dispose yet: a method named by it there
 * would be called "undefined".
 */
export function makeDisposable(prototype: { dispose(): void }): void {
  if (typeof Symbol.dispose === "symbol")
    Object.defineProperty(prototype, Symbol.dispose, {
      value(this: { dispose(): void }) {
        this.dispose();
      },
    });
}
