import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createEventLimit, EVENTS_PER_HOUR } from '../../src/agent/event-limit.ts';
import { HOUR_MS, MINUTE_MS } from '../../src/core/units.ts';
import { fakeTime } from './fake-time.ts';

function limited() {
  const time = fakeTime();
  const passed: { readonly at: number; readonly text: string }[] = [];
  const pass = (text: string): void => void passed.push({ at: time.clock.monotonicMs(), text });
  return { time, passed, limit: createEventLimit(pass, time) };
}

it('passes twenty in an hour, and then one that says how many were left out, and the last of them', async () => {
  const { time, passed, limit } = limited();
  for (let number = 1; number <= 26; number += 1) limit.tell(`event ${number}`);
  expect(passed.map(({ text }) => text)).toEqual(Array.from({ length: 20 }, (_, at) => `event ${at + 1}`));
  await time.pass(HOUR_MS - 1);
  expect(passed).toHaveLength(20);
  await time.pass(1);
  expect(passed.slice(20).map(({ text }) => text)).toEqual([
    'Left out since 2026-11-20 08:00 UTC, so as not to flood the event log: 6 events with this id. The last of them: event 26',
  ]);
  limit.tell('event 27');
  expect(passed.at(-1)?.text).toBe('event 27');
});

it('passes what comes slowly, without end', async () => {
  const { time, passed, limit } = limited();
  for (let number = 0; number < 100; number += 1) {
    limit.tell('event');
    await time.pass(HOUR_MS / EVENTS_PER_HOUR);
  }
  expect(passed).toHaveLength(100);
});

it('says at the end what was left out, and nothing when that was nothing', async () => {
  const { time, passed, limit } = limited();
  for (let number = 0; number < 21; number += 1) limit.tell('event');
  limit.close();
  expect(passed.slice(20).map(({ text }) => text)).toEqual([expect.stringContaining(': 1 event with')]);
  limit.close();
  await time.pass(2 * HOUR_MS);
  expect(passed).toHaveLength(21);
});

it('in no hour more than twenty, and nothing is forgotten, however they come', async () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 12 * MINUTE_MS }), { maxLength: 150 });
  await fc.assert(
    fc.asyncProperty(gaps, fc.integer({ min: 0, max: 3 }), async (waits, shift) => {
      const { time, passed, limit } = limited();
      for (const wait of waits) {
        // Bursts, and pauses between them.
        await time.pass(wait >> (shift * 4));
        limit.tell('event');
      }
      await time.pass(2 * HOUR_MS);
      for (const { at } of passed) {
        const within = passed.filter((each) => each.at >= at && each.at < at + HOUR_MS);
        expect(within.length).toBeLessThanOrEqual(EVENTS_PER_HOUR);
      }
      const told = passed.reduce(
        (sum, { text }) => sum + (text === 'event' ? 1 : Number(/: (\d+) events? with/.exec(text)?.[1])),
        0,
      );
      expect(told).toBe(waits.length);
    }),
    { numRuns: 50 },
  );
});
