const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGBREAK'] as const;

/** A signal that is aborted when the process is asked to stop; a second request ends it at once. */
export interface Interrupt {
  readonly signal: AbortSignal;
  dispose(): void;
}

export function untilInterrupted(): Interrupt {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(1);
    controller.abort();
  };
  for (const name of STOP_SIGNALS) process.on(name, stop);
  return {
    signal: controller.signal,
    dispose() {
      for (const name of STOP_SIGNALS) process.off(name, stop);
    },
  };
}
