/**
 * Lets `using` call `dispose()`. Defined by hand because WebKit has no Symbol.dispose yet: a method named by it there
 * would be called "undefined".
 */
export function makeDisposable(prototype: { dispose(): void }): void {
  if (typeof Symbol.dispose === "symbol")
    Object.defineProperty(prototype, Symbol.dispose, {
      configurable: true,
      value(this: { dispose(): void }) {
        this.dispose();
      },
    });
}

/**
 * The net below `dispose()`: what to do when an object was forgotten. `clean` must not hold on to the object. Where there is
 * no FinalizationRegistry there is no net.
 */
export const net =
  typeof FinalizationRegistry === "undefined"
    ? { register: (): void => {}, unregister: (): void => {} }
    : /* @__PURE__ */ new FinalizationRegistry<() => void>((clean) => clean());
