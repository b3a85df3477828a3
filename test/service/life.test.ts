import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FAILURE, SERVICE_STATE } from '../../service/host/codes.ts';
import {
  type Deed,
  KILL_LIMIT_MS,
  type Life,
  type LifeEvent,
  START_LIMIT_MS,
  step,
} from '../../service/host/life.ts';
import { CHECKPOINT_EVERY_MS, type ServiceStatus, statusOf } from '../../service/host/status.ts';

const DRAIN_MS = 20_000;

type Timed = readonly [atMs: number, event: LifeEvent];

/** What becomes of a service to which these events happen, with everything it did on the way. */
function live(events: readonly Timed[]): { readonly life: Life; readonly deeds: readonly Deed[] } {
  const { life, deeds } = liveAndReport(events);
  return { life, deeds };
}

/** Reported is whatever changes. */
function liveAndReport(events: readonly Timed[]) {
  let life: Life = { phase: 'waiting' };
  const deeds: Deed[] = [];
  const reports: ServiceStatus[] = [];
  for (const [atMs, event] of events) {
    const next = step(life, event, atMs, { drainMs: DRAIN_MS });
    const status = next.life === life ? null : statusOf(next.life);
    if (status !== null) reports.push(status);
    life = next.life;
    deeds.push(...next.deeds);
  }
  return { life, deeds, reports };
}

const at = (atMs: number, type: 'called' | 'ready' | 'stop-asked' | 'tick'): Timed => [atMs, { type }];
const ended = (atMs: number, exitCode: number | null): Timed => [atMs, { type: 'agent-ended', exitCode }];
const RUNNING = [at(0, 'called'), at(1000, 'ready')];

describe('a service starts', () => {
  it('with the agent, and runs when that is ready', () => {
    expect(live([at(0, 'called')])).toEqual({
      life: { phase: 'starting', sinceMs: 0, checkpoint: 1 },
      deeds: ['start-agent'],
    });
    expect(live(RUNNING)).toEqual({ life: { phase: 'running' }, deeds: ['start-agent'] });
  });

  it('within a minute, or has failed when the agent is gone', () => {
    const early = [at(0, 'called'), at(START_LIMIT_MS - 1, 'tick')];
    expect(live(early).life).toMatchObject({ phase: 'starting', checkpoint: 2 });
    const late = [at(0, 'called'), at(START_LIMIT_MS, 'tick')];
    expect(live(late)).toMatchObject({
      life: { phase: 'stopping', failure: FAILURE.notReady },
      deeds: ['start-agent', 'kill-agent'],
    });
    expect(live([...late, ended(START_LIMIT_MS + 1, null)])).toEqual({
      life: { phase: 'stopped', failure: FAILURE.notReady },
      deeds: ['start-agent', 'kill-agent', 'exit'],
    });
  });

  it('or stops while it starts, when it is asked to', () => {
    const asked = [at(0, 'called'), at(1, 'stop-asked'), at(2, 'ready')];
    expect(live(asked)).toMatchObject({
      life: { phase: 'stopping', failure: null },
      deeds: ['start-agent', 'end-input'],
    });
  });
});

describe('a service stops', () => {
  const asked = [...RUNNING, at(5000, 'stop-asked')];

  it('well when it was asked to, however the agent ends then', () => {
    for (const exitCode of [0, 1, null]) {
      expect(live([...asked, ended(6000, exitCode)])).toEqual({
        life: { phase: 'stopped', failure: null },
        deeds: ['start-agent', 'end-input', 'exit'],
      });
    }
  });

  it('asked once more, not once more', () => {
    const again = live([...asked, at(20_000, 'stop-asked')]);
    expect(again).toEqual(live(asked));
  });

  it('by killing the agent when its time is over, and without it when even that does not end it', () => {
    expect(live([...asked, at(24_999, 'tick')]).deeds).not.toContain('kill-agent');
    const killed = [...asked, at(25_000, 'tick')];
    expect(live(killed)).toMatchObject({
      life: { phase: 'stopping', checkpoint: 2 },
      deeds: ['start-agent', 'end-input', 'kill-agent'],
    });
    expect(live([...killed, at(25_000 + KILL_LIMIT_MS - 1, 'tick')]).life.phase).toBe('stopping');
    expect(live([...killed, at(25_000 + KILL_LIMIT_MS, 'tick')])).toEqual({
      life: { phase: 'stopped', failure: null },
      deeds: ['start-agent', 'end-input', 'kill-agent', 'exit'],
    });
  });

  it.each([
    [78, 78],
    [-1_073_741_819, 0xc0000005],
    [0, FAILURE.endedUnasked],
    [null, 1],
  ])('as failed when the agent ends by itself: exit code %s as %d', (exitCode, failure) => {
    const { life, deeds } = live([...RUNNING, ended(5000, exitCode)]);
    expect(life).toEqual({ phase: 'stopped', failure });
    expect(deeds).toEqual(['start-agent', 'exit']);
  });

  it('as failed on a fault of the host, at once', () => {
    const fault: Timed = [5000, { type: 'failed', failure: FAILURE.hostFault }];
    expect(live([...RUNNING, fault])).toEqual({
      life: { phase: 'stopped', failure: FAILURE.hostFault },
      deeds: ['start-agent', 'kill-agent', 'exit'],
    });
  });
});

const anyEvent: fc.Arbitrary<LifeEvent> = fc.oneof(
  fc.constantFrom<LifeEvent>(
    { type: 'called' },
    { type: 'ready' },
    { type: 'stop-asked' },
    { type: 'tick' },
    { type: 'tick' },
    { type: 'agent-not-started', failure: FAILURE.notStarted },
  ),
  fc.record({ type: fc.constant('agent-ended' as const), exitCode: fc.option(fc.integer()) }),
);

const anyHistory = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 30_000 }), anyEvent), { maxLength: 30 })
  .map((steps) => {
    let now = 0;
    return steps.map(([after, event]): Timed => {
      now += after;
      return [now, event];
    });
  });

describe('whatever happens', () => {
  it('the process ends exactly when the service has stopped, and nothing is done after that', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        const { life, deeds } = live(history);
        expect(deeds.filter((deed) => deed === 'exit')).toHaveLength(life.phase === 'stopped' ? 1 : 0);
        if (life.phase === 'stopped') expect(deeds.at(-1)).toBe('exit');
      }),
    );
  });

  it('a service that has been called and asked to stop has stopped by its limits', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        const sinceMs = (history.at(-1)?.[0] ?? 0) + 1;
        const ticks = Array.from({ length: 20 }, (_, index) =>
          at(sinceMs + index * CHECKPOINT_EVERY_MS, 'tick'),
        );
        const { life } = live([...history, at(sinceMs, 'called'), at(sinceMs, 'stop-asked'), ...ticks]);
        expect(life.phase).toBe('stopped');
      }),
    );
  });

  it('every report brings a new state or the next checkpoint, and a stop is accepted exactly while it runs', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        const { reports } = liveAndReport(history);
        for (const [index, report] of reports.entries()) {
          const last = reports[index - 1];
          const isSameState = last?.state === report.state;
          if (isSameState) expect(report.checkpoint).toBe(last.checkpoint + 1);
          expect(report.accepts !== 0).toBe(report.state === SERVICE_STATE.running);
        }
      }),
    );
  });
});

it('reports in the numbers of Windows', () => {
  expect(statusOf({ phase: 'waiting' })).toBeNull();
  expect(statusOf({ phase: 'starting', sinceMs: 0, checkpoint: 3 })).toEqual({
    state: 2,
    accepts: 0,
    exitCode: 0,
    specificExitCode: 0,
    checkpoint: 3,
    waitHintMs: 20_000,
  });
  // SERVICE_ACCEPT_STOP and SERVICE_ACCEPT_PRESHUTDOWN.
  expect(statusOf({ phase: 'running' })).toMatchObject({ state: 4, accepts: 0x101, checkpoint: 0 });
  expect(statusOf({ phase: 'stopped', failure: 78 })).toMatchObject({
    state: 1,
    exitCode: 1066,
    specificExitCode: 78,
  });
  expect(statusOf({ phase: 'stopped', failure: null })).toMatchObject({ exitCode: 0, specificExitCode: 0 });
});
