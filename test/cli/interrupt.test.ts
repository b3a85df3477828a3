import { expect, it, onTestFinished } from 'vitest';
import { untilInterrupted } from '../../src/cli/interrupt.ts';

it.each(['SIGINT', 'SIGTERM', 'SIGBREAK'] as const)(
  '%s asks to stop, whatever starts the agent as a service',
  async (signal) => {
    const interrupt = untilInterrupted();
    onTestFinished(() => interrupt.dispose());
    process.emit(signal, signal);
    await interrupt.requested;
    expect(interrupt.signal.aborted).toBe(true);
  },
);
