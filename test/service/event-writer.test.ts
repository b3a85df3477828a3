import { expect, it } from 'vitest';
import { createEventWriter } from '../../service/host/event-writer.ts';
import type { ServiceEvent } from '../../src/agent/service-events.ts';

function writer(answers: readonly (number | Error)[] = []) {
  const written: ServiceEvent[] = [];
  const said: string[] = [];
  const left = [...answers];
  const report = (event: ServiceEvent): number => {
    written.push(event);
    const answer = left.shift() ?? 0;
    if (typeof answer !== 'number') throw answer;
    return answer;
  };
  return { written, said, events: createEventWriter(report, (text) => said.push(text)) };
}

const sent = { type: 'event', id: 200, severity: 'warning', text: 'hv01 was not read' };

it('writes what the agent sends, without control characters, and nothing that is no event', () => {
  const { written, events } = writer();
  events.heard({ ...sent, text: 'hv01\r\n\u202ewas not read' });
  events.heard({ ...sent, id: 0 });
  events.heard({ ...sent, id: 1001 });
  events.heard({ ...sent, severity: 'success' });
  events.heard({ type: 'something of a later version' });
  events.heard(null);
  expect(written).toEqual([{ id: 200, severity: 'warning', text: 'hv01 was not read' }]);
});

it('writes an event of its own', () => {
  const { written, events } = writer();
  events.tell('crashed', 'The service has failed.');
  expect(written).toEqual([{ id: 900, severity: 'error', text: 'The service has failed.' }]);
});

it('says once that the event log takes nothing, and when it does again, how much is missing', () => {
  const { said, events } = writer([1502, new Error('no such function'), 1502, 0, 0]);
  for (let event = 0; event < 5; event += 1) events.heard(sent);
  expect(said).toEqual([
    'events cannot be written into the event log: error 1502',
    'the event log takes events again; 3 are missing',
  ]);
});
