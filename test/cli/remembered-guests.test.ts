import { createServer } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { rememberedGuests } from '../../src/cli/remembered-guests.ts';
import { fakeIo } from './io.ts';

let close = (): void => {};
afterEach(() => close());

/** What is remembered when whoever listens there answers with this. */
async function remembered(answer: string): Promise<unknown> {
  const server = createServer((_, response) => response.end(answer));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  close = () => void server.close();
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const { io } = fakeIo({ env: { CHECKPOINT_AGENT_URL: `http://127.0.0.1:${port}` } });
  return [...(await rememberedGuests(io)).guests];
}

describe('what a running agent remembers of guests', () => {
  it('is taken from its status', async () => {
    const status = {
      kind: 'hyperv.status',
      domainControllers: [
        { vmId: 'a', seenAt: '2026-11-20T10:00:00.000Z' },
        { vmId: 'b', seenAt: 'never' },
      ],
    };
    expect(await remembered(JSON.stringify(status))).toEqual([['a', { seenAt: Date.UTC(2026, 10, 20, 10) }]]);
  });

  it.each(['', '{}', '<html>', '{"kind":"hyperv.status","domainControllers":null}'])(
    'is nothing when %j answers',
    async (answer) => {
      expect(await remembered(answer)).toEqual([]);
    },
  );

  it('is nothing when nobody answers', async () => {
    const { io } = fakeIo({ env: { CHECKPOINT_AGENT_URL: 'http://127.0.0.1:1' } });
    expect((await rememberedGuests(io)).guests.size).toBe(0);
  });
});
