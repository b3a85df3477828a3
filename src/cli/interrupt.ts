const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGBREAK'] as const;

/** Ctrl+C reaches the process from its terminal, and once more from npm when that started it. */
const ONE_REQUEST_MS = 1000;

/** A signal that is aborted when the process is asked to stop; a second request ends it at once. */
export interface Interrupt {
  readonly signal: AbortSignal;
  /** Resolves when the signal is aborted. */
  readonly requested: Promise<void>;
  dispose(): void;
}

export function untilInterrupted(): Interrupt {
  const controller = new AbortController();
  const { promise: requested, resolve } = Promise.withResolvers<void>();
  let askedAtMs = 0;
  const stop = (): void => {
    if (!controller.signal.aborted) {
      askedAtMs = performance.now();
      controller.abort();
      resolve();
    } else if (performance.now() - askedAtMs > ONE_REQUEST_MS) process.exit(1);
  };
  for (const name of STOP_SIGNALS) process.on(name, stop);
  return {
    signal: controller.signal,
    requested,
    dispose() {
      for (const name of STOP_SIGNALS) process.off(name, stop);
    },
  };
}
