import { FAILURE } from './codes.ts';

/** How long the agent may take from its start until it is ready. */
export const START_LIMIT_MS = 60_000;

/** How long a killed agent may take to be gone. */
export const KILL_LIMIT_MS = 10_000;

/** Where the service stands. Each pending phase counts its checkpoints, so that the service control manager sees progress. */
export type Life =
  | { readonly phase: 'waiting' }
  | { readonly phase: 'starting'; readonly sinceMs: number; readonly checkpoint: number }
  | { readonly phase: 'running' }
  | Stopping
  | { readonly phase: 'stopped'; readonly failure: Failure };

interface Stopping {
  readonly phase: 'stopping';
  readonly checkpoint: number;
  /** When the agent is killed, or given up once it was. */
  readonly deadlineMs: number;
  readonly isKilled: boolean;
  readonly failure: Failure;
}

/** The service-specific exit code; `null` when the service was stopped as asked. */
export type Failure = number | null;

export type LifeEvent =
  /** The service control manager has called the service. */
  | { readonly type: 'called' }
  | { readonly type: 'ready' }
  | { readonly type: 'stop-asked' }
  | { readonly type: 'agent-ended'; readonly exitCode: number | null }
  | { readonly type: 'agent-not-started'; readonly failure: number }
  | { readonly type: 'failed'; readonly failure: number }
  | { readonly type: 'tick' };

/** What is to be done besides reporting where the service stands, in this order. */
export type Deed = 'start-agent' | 'end-input' | 'kill-agent' | 'exit';

export interface Step {
  readonly life: Life;
  readonly deeds: readonly Deed[];
}

export interface LifeSettings {
  readonly drainMs: number;
}

/** What an event makes of the service. Where nothing changes, the life that is returned is the one that was given. */
export function step(life: Life, event: LifeEvent, nowMs: number, settings: LifeSettings): Step {
  if (life.phase === 'stopped') return { life, deeds: [] };
  switch (event.type) {
    case 'called':
      if (life.phase !== 'waiting') return { life, deeds: [] };
      return { life: { phase: 'starting', sinceMs: nowMs, checkpoint: 1 }, deeds: ['start-agent'] };
    case 'ready':
      return { life: life.phase === 'starting' ? { phase: 'running' } : life, deeds: [] };
    case 'stop-asked':
      return life.phase === 'starting' || life.phase === 'running'
        ? { life: stopping(nowMs + settings.drainMs), deeds: ['end-input'] }
        : { life, deeds: [] };
    case 'agent-ended':
      return stopped(life.phase === 'stopping' ? life.failure : failureOf(event.exitCode));
    case 'agent-not-started':
      return stopped(life.phase === 'stopping' ? life.failure : event.failure);
    case 'failed':
      return { life: { phase: 'stopped', failure: event.failure }, deeds: ['kill-agent', 'exit'] };
    case 'tick':
      return tick(life, nowMs);
  }
}

function tick(life: Life, nowMs: number): Step {
  if (life.phase === 'starting') {
    if (nowMs - life.sinceMs < START_LIMIT_MS) {
      return { life: { ...life, checkpoint: life.checkpoint + 1 }, deeds: [] };
    }
    return kill(stopping(nowMs, FAILURE.notReady), nowMs);
  }
  if (life.phase !== 'stopping') return { life, deeds: [] };
  if (nowMs < life.deadlineMs) return { life: { ...life, checkpoint: life.checkpoint + 1 }, deeds: [] };
  if (!life.isKilled) return kill({ ...life, checkpoint: life.checkpoint + 1 }, nowMs);
  // It cannot be killed. It goes with the host, whose job it is in.
  return stopped(life.failure);
}

function stopping(deadlineMs: number, failure: Failure = null): Stopping {
  return { phase: 'stopping', checkpoint: 1, deadlineMs, isKilled: false, failure };
}

function kill(life: Stopping, nowMs: number): Step {
  return { life: { ...life, isKilled: true, deadlineMs: nowMs + KILL_LIMIT_MS }, deeds: ['kill-agent'] };
}

function stopped(failure: Failure): Step {
  return { life: { phase: 'stopped', failure }, deeds: ['exit'] };
}

/** Nobody asked it to end, so that it did is a failure, whatever it says itself. */
function failureOf(exitCode: number | null): number {
  if (exitCode === 0) return FAILURE.endedUnasked;
  return (exitCode ?? 1) >>> 0;
}
