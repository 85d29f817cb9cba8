/** What stops a run at its next step, Ctrl-C and a polite kill, and the exit codes: 128 + the signal's number. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 };

/**
 * Time in which a signal is the first one again, ms: the terminal sends a Ctrl-C to every process of its group, and a launcher
 * such as tsx passes its own on; taking that for a second one would end the run before its checkpoint is written.
 */
const ECHO = 500;

export interface Stop {
  /** Aborted by the first signal. */
  signal: AbortSignal;
  /** Of the signal that stopped the run; 0 when none did. */
  exitCode(): number;
}

/** Listens until the first signal; after it and its echoes a signal has its usual, immediate effect. */
export function listenForStop(): Stop {
  const controller = new AbortController();
  let exitCode = 0;
  const listeners = Object.entries(EXIT_CODES).map(([name, code]) => {
    const listener = () => {
      if (controller.signal.aborted) return;
      exitCode = code;
      controller.abort();
      setTimeout(release, ECHO).unref();
    };
    process.on(name, listener);
    return { name, listener };
  });
  const release = () => {
    for (const { name, listener } of listeners) process.off(name, listener);
  };
  return { signal: controller.signal, exitCode: () => exitCode };
}
