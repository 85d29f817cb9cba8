import { Core } from "./core.ts";

let current: Core | undefined;

/** The core of the call: the one all calls share, made by the first, or that of the `run` around it. */
export function core(): Core {
  current ??= new Core();
  return current;
}

/** Makes another core the shared one: tests run every function on every build. */
export function shareCore(other: Core): void {
  current = other;
}

/** Runs `body` with another core in the place of the shared one. */
export function during<T>(other: Core, body: () => T): T {
  const before = current;
  current = other;
  try {
    return body();
  } finally {
    current = before;
  }
}
