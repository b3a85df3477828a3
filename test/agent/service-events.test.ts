import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  eventMessage,
  MAX_EVENT_TEXT,
  readServiceEvent,
  SERVICE_EVENTS,
  type ServiceEventName,
} from '../../src/agent/service-events.ts';
import { HOSTILE_NAMES } from '../hostile.ts';

const NAMES = Object.keys(SERVICE_EVENTS) as ServiceEventName[];

it('every event has a number of its own, which never changes', () => {
  const ids = Object.fromEntries(NAMES.map((name) => [name, SERVICE_EVENTS[name].id]));
  expect(ids).toEqual({
    started: 100,
    stopped: 101,
    reloaded: 110,
    refused: 111,
    scanFailed: 200,
    scanRecovered: 201,
    alertWarning: 300,
    alertCritical: 301,
    alertResolved: 302,
    mailFailing: 400,
    mailRecovered: 401,
    stateFailing: 500,
    stateRecovered: 501,
    crashed: 900,
  });
});

it.each(NAMES)('what the agent says of %s is what the host understands', (name) => {
  const message = eventMessage(name, 'hv01 is read again.');
  const { id, severity } = SERVICE_EVENTS[name];
  expect(message).toEqual({ type: 'event', id, severity, text: 'hv01 is read again.' });
  expect(readServiceEvent(JSON.parse(JSON.stringify(message)))).toEqual({
    id,
    severity,
    text: 'hv01 is read again.',
  });
});

const good = { type: 'event', id: 200, severity: 'warning', text: 'said' };

it.each<[string, unknown]>([
  ['nothing', undefined],
  ['null', null],
  ['a text', 'event'],
  ['a list', [good]],
  ['another message', { type: 'ready' }],
  ['another type', { ...good, type: 'Event' }],
  ['no id', { ...good, id: undefined }],
  ['an id as text', { ...good, id: '200' }],
  ['an id of 0', { ...good, id: 0 }],
  ['an id above what the source has', { ...good, id: 1001 }],
  ['half an id', { ...good, id: 200.5 }],
  ['no number', { ...good, id: Number.NaN }],
  ['an unknown severity', { ...good, severity: 'fatal' }],
  ['an inherited severity', { ...good, severity: 'constructor' }],
  ['a text that is none', { ...good, text: { toString: 'x' } }],
])('the host takes %s for no event', (_, message) => {
  expect(readServiceEvent(message)).toBeNull();
});

const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

it.each(HOSTILE_NAMES.map((name) => [name]))('makes one harmless line of %j', (name) => {
  const { text } = readServiceEvent({ ...good, text: name }) ?? { text: null };
  expect(text).not.toMatch(UNSAFE);
  expect(text?.isWellFormed()).toBe(true);
});

it('never throws, and never hands on more than Windows takes', () => {
  fc.assert(
    fc.property(fc.anything(), (message) => {
      const event = readServiceEvent(message);
      expect(event === null || event.text.length <= MAX_EVENT_TEXT).toBe(true);
    }),
  );
  for (const letter of ['x', '🙂', '\u0000', '\ud800']) {
    const event = readServiceEvent({ ...good, text: letter.repeat(1_000_000) });
    expect(event?.text.length).toBeLessThanOrEqual(MAX_EVENT_TEXT);
  }
});
