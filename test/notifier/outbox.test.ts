import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/core/units.ts';
import { createOutbox, type Outbox, type OutboxEvent } from '../../src/notifier/outbox.ts';
import { createSmtpNotifier } from '../../src/notifier/smtp.ts';
import type { Delivery, DeliveryFailure, Notifier, OutgoingMail, Store } from '../../src/ports.ts';
import { NOW } from '../builders.ts';
import { type FakeClock, opened, sampleMail, tempDir } from '../store/samples.ts';
import { mailServer, smtpConfig } from './smtp-server.ts';

type Answer = (mail: OutgoingMail, recipients: readonly string[]) => Delivery;

const taken: Answer = (_mail, recipients) => ({ accepted: recipients, refused: [], failure: null });

function failing(reason: DeliveryFailure, retry = true): Answer {
  return () => ({ accepted: [], refused: [], failure: { reason, detail: `${reason}!`, retry } });
}

/** A notifier that answers as it is told, and remembers what it was handed. */
class Post implements Notifier {
  answer: Answer = taken;
  readonly handed: { id: string; recipients: readonly string[]; composedAt: number }[] = [];

  async send(mail: OutgoingMail, recipients: readonly string[]): Promise<Delivery> {
    this.handed.push({ id: mail.messageId, recipients, composedAt: mail.composedAt });
    return this.answer(mail, recipients);
  }

  close(): void {}
}

class Round {
  readonly post = new Post();
  readonly clock: FakeClock;
  readonly store: Store;
  readonly outbox: Outbox;

  constructor(dir = tempDir()) {
    const { store, clock } = opened(dir);
    this.store = store;
    this.clock = clock;
    this.outbox = createOutbox({ store, clock, random: () => 0.5 });
  }

  put(...mails: readonly OutgoingMail[]): void {
    this.store.saveAlerts([], mails, true, this.clock.at);
  }

  run(signal = new AbortController().signal): Promise<readonly OutboxEvent[]> {
    return this.outbox.deliver(this.post, signal);
  }

  waitMs(): number {
    return (this.store.outboxState().nextAttemptAt ?? 0) - this.clock.at;
  }
}

describe('a round of the outbox', () => {
  it('delivers what is due, the oldest first, and once', async () => {
    const round = new Round();
    round.put(sampleMail('1'), sampleMail('2'));
    expect(await round.run()).toEqual([
      { type: 'sent', subject: sampleMail('1').subject, recipients: 2 },
      { type: 'sent', subject: sampleMail('2').subject, recipients: 2 },
    ]);
    expect(round.post.handed.map(({ id }) => id)).toEqual(['<1@hvmon>', '<2@hvmon>']);
    expect(await round.run()).toEqual([]);
  });

  it('tries again after 1, 2, 5, 10, 30 and then every 60 minutes', async () => {
    const round = new Round();
    round.put(sampleMail('1'));
    round.post.answer = failing('connect');
    const waits: number[] = [];
    for (let attempt = 0; attempt < 8; attempt += 1) {
      await round.run();
      waits.push(round.waitMs() / MINUTE_MS);
      round.clock.at += round.waitMs();
    }
    expect(waits).toEqual([1, 2, 5, 10, 30, 60, 60, 60]);
  });

  it.each(['auth', 'tls'] as const)('does not hurry what only hands can mend: %s', async (reason) => {
    const round = new Round();
    round.put(sampleMail('1'), sampleMail('2'));
    round.post.answer = failing(reason, false);
    expect(await round.run()).toMatchObject([{ type: 'failed', reason, retry: false }]);
    expect(round.post.handed).toHaveLength(1);
    expect(round.waitMs()).toBe(HOUR_MS);
  });

  it('asks a server that does not answer once, not for each message', async () => {
    const round = new Round();
    round.put(...Array.from({ length: 50 }, (_, n) => sampleMail(`${n}`)));
    round.post.answer = failing('timeout');
    await round.run();
    await round.run();
    expect(round.post.handed).toHaveLength(1);
  });

  it('goes on to the next message when the server dislikes only this one', async () => {
    const round = new Round();
    round.put(sampleMail('1'), sampleMail('2'));
    round.post.answer = (mail, recipients) =>
      mail.messageId === '<1@hvmon>' ? failing('rejected', false)(mail, recipients) : taken(mail, recipients);
    expect((await round.run()).map(({ type }) => type)).toEqual(['failed', 'sent']);
  });

  it('hands the rest to those who are still owed it', async () => {
    const round = new Round();
    const to = ['a@example.com', 'b@example.com', 'c@example.com'];
    round.put(sampleMail('1', { to }));
    round.post.answer = () => ({
      accepted: ['a@example.com'],
      refused: [{ address: 'b@example.com', detail: '550' }],
      failure: { reason: 'rejected', detail: '451', retry: true },
    });
    expect((await round.run()).map(({ type }) => type)).toEqual(['sent', 'refused', 'failed']);
    round.clock.at += MINUTE_MS;
    round.post.answer = taken;
    await round.run();
    expect(round.post.handed.map(({ recipients }) => recipients)).toEqual([to, ['c@example.com']]);
    expect(round.store.outboxState().length).toBe(0);
  });
});

describe('a message that cannot be delivered', () => {
  it('is given up after three days, and everything open is told anew', async () => {
    const round = new Round();
    round.put(sampleMail('1'), sampleMail('2'));
    round.post.answer = failing('connect');
    round.clock.at += 3 * DAY_MS;
    expect((await round.run()).map(({ type }) => type)).toEqual(['failed']);
    expect(round.store.isBaselined()).toBe(true);
    round.clock.at += HOUR_MS;
    expect((await round.run()).map(({ type }) => type)).toEqual(['discarded', 'discarded']);
    expect(round.store.outboxState().length).toBe(0);
    expect(round.store.isBaselined()).toBe(false);
  });

  it('is tried once more when the agent was off for long', async () => {
    const round = new Round();
    round.put(sampleMail('1'));
    round.clock.at += 30 * DAY_MS;
    expect((await round.run()).map(({ type }) => type)).toEqual(['sent']);
  });

  it('is given up when every recipient was refused for good', async () => {
    const round = new Round();
    round.put(sampleMail('1'));
    round.post.answer = (mail) => ({
      accepted: [],
      refused: mail.to.map((address) => ({ address, detail: '550' })),
      failure: null,
    });
    expect((await round.run()).map(({ type }) => type)).toEqual(['refused', 'refused', 'discarded']);
    expect(round.store.outboxState().length).toBe(0);
    round.clock.at += DAY_MS;
    expect(round.store.isBaselined()).toBe(false);
  });
});

describe('at least once', () => {
  it('killed between sending and writing it down: the same message again, and no third', async () => {
    const dir = tempDir();
    const server = await mailServer();
    const notifier = createSmtpNotifier({ smtp: smtpConfig(server.port) });
    const { signal } = new AbortController();
    const first = opened(dir);
    first.store.saveAlerts([], [sampleMail('1')], true, NOW);
    const killed = {
      ...first.store,
      recordAttempt() {
        throw new Error('killed');
      },
    };
    const dying = createOutbox({ store: killed, clock: first.clock, random: () => 0 });
    await expect(dying.deliver(notifier, signal)).rejects.toThrow('killed');
    first.store.close();

    const second = opened(dir);
    const outbox = createOutbox({ store: second.store, clock: second.clock, random: () => 0 });
    await outbox.deliver(notifier, signal);
    await outbox.deliver(notifier, signal);
    expect(server.received.map(({ email }) => [email.messageId, email.date])).toEqual([
      ['<1@hvmon>', '2026-11-20T10:30:00.000Z'],
      ['<1@hvmon>', '2026-11-20T10:30:00.000Z'],
    ]);
  });

  it('a full disk repeats nothing: what was sent is written down first when there is room again', async () => {
    const round = new Round();
    round.put(sampleMail('1'));
    let isFull = true;
    const store: Store = {
      ...round.store,
      recordAttempt(id, result) {
        if (isFull) throw new Error('the disk is full');
        round.store.recordAttempt(id, result);
      },
    };
    const outbox = createOutbox({ store, clock: round.clock, random: () => 0 });
    const { signal } = new AbortController();
    await expect(outbox.deliver(round.post, signal)).rejects.toThrow('full');
    await expect(outbox.deliver(round.post, signal)).rejects.toThrow('full');
    isFull = false;
    expect(await outbox.deliver(round.post, signal)).toEqual([]);
    expect(round.post.handed).toHaveLength(1);
    expect(round.store.outboxState().length).toBe(0);
  });

  it('an agent that is stopping begins no delivery', async () => {
    const round = new Round();
    round.put(sampleMail('1'));
    expect(await round.run(AbortSignal.abort())).toEqual([]);
    expect(round.post.handed).toEqual([]);
  });

  it('stopping the agent counts no attempt', async () => {
    const round = new Round();
    round.put(sampleMail('1'));
    const stopping = new AbortController();
    round.post.answer = (mail, recipients) => {
      stopping.abort();
      return failing('timeout')(mail, recipients);
    };
    expect(await round.run(stopping.signal)).toEqual([]);
    expect(round.store.dueMails(round.clock.at)).toMatchObject([{ attempts: 0 }]);
  });
});
