import { ACCEPTS, SERVICE_STATE, WIN32 } from './codes.ts';
import type { Failure, Life } from './life.ts';

/** How often a pending state shows progress. */
export const CHECKPOINT_EVERY_MS = 2000;

/** When the service control manager may take a pending service for hung. */
const WAIT_HINT_MS = 20_000;

/** What the service control manager is told, in its own numbers. */
export interface ServiceStatus {
  readonly state: number;
  readonly accepts: number;
  readonly exitCode: number;
  readonly specificExitCode: number;
  readonly checkpoint: number;
  readonly waitHintMs: number;
}

/** `null` before the service control manager has called. */
export function statusOf(life: Life): ServiceStatus | null {
  switch (life.phase) {
    case 'waiting':
      return null;
    case 'starting':
      return pending(SERVICE_STATE.startPending, life.checkpoint);
    case 'running':
      // Preshutdown comes before shutdown and allows for more time: a service that takes it never sees the other.
      return { ...settled(SERVICE_STATE.running, null), accepts: ACCEPTS.stop | ACCEPTS.preshutdown };
    case 'stopping':
      return pending(SERVICE_STATE.stopPending, life.checkpoint);
    case 'stopped':
      return settled(SERVICE_STATE.stopped, life.failure);
  }
}

function pending(state: number, checkpoint: number): ServiceStatus {
  return { ...settled(state, null), checkpoint, waitHintMs: WAIT_HINT_MS };
}

function settled(state: number, failure: Failure): ServiceStatus {
  return {
    state,
    accepts: 0,
    exitCode: failure === null ? WIN32.ok : WIN32.serviceSpecific,
    specificExitCode: failure ?? 0,
    checkpoint: 0,
    waitHintMs: 0,
  };
}
