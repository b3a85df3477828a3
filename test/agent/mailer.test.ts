import { describe, expect, it } from 'vitest';
import { startMailer } from '../../src/agent/mailer.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/core/units.ts';
import { createSelfMetrics } from '../../src/exporter/self-metrics.ts';
import type { Delivery, DeliveryFailure, Notifier, OutgoingMail } from '../../src/ports.ts';
import { NOW } from '../builders.ts';
import { opened, sampleMail, tempDir } from '../store/samples.ts';
import { settle } from './agent-under-test.ts';
import { fakeTime } from './fake-time.ts';

type Answer = (mail: OutgoingMail, recipients: readonly string[]) => Delivery | Promise<Delivery>;

const taken: Answer = (_mail, recipients) => ({ accepted: recipients, refused: [], failure: null });
const failing =
  (reason: DeliveryFailure): Answer =>
  () => ({ accepted: [], refused: [], failure: { reason, detail: `${reason}!`, retry: true } });

/** A mailer with an outbox, and a log of its own. */
function mailing(first: Answer = taken) {
  const time = fakeTime(NOW);
  const { store } = opened(tempDir(), { clock: time.clock });
  const log: string[] = [];
  const say =
    (level: string) =>
    (message: string, fields: object = {}) =>
      log.push(`${level} ${[message, ...Object.values(fields).slice(1, 2)].join(': ')}`);
  const selfMetrics = createSelfMetrics({ version: '1', revision: '', nodeVersion: 'v24' }, []);
  const sent: string[] = [];
  let answer = first;
  const notifier: Notifier = {
    async send(mail, recipients) {
      const delivery = await answer(mail, recipients);
      if (delivery.accepted.length > 0) sent.push(mail.messageId);
      return delivery;
    },
    close() {},
  };
  const start = (with_: Notifier | null = notifier) =>
    startMailer(with_, {
      ...time,
      random: () => 0.5,
      store,
      selfMetrics,
      eventLog: null,
      logger: { debug: () => {}, info: say('info'), warn: say('warn'), error: say('error') },
    });
  return {
    ...time,
    start,
    store,
    log,
    sent,
    notifier,
    answers(next: Answer) {
      answer = next;
    },
    put(...ids: readonly string[]) {
      store.saveAlerts(
        [],
        ids.map((id) => sampleMail(id, { subject: `mail ${id}` })),
        true,
        time.clock.now(),
      );
    },
    async wait(ms: number) {
      await time.pass(ms);
      await settle();
    },
    async metric(series: string) {
      const line = (await selfMetrics.render()).split('\n').find((each) => each.startsWith(`${series} `));
      return line === undefined ? null : Number(line.slice(series.length + 1));
    },
  };
}

const QUEUE = 'hyperv_checkpoint_notification_queue_length';

describe('an outage of the mail server', () => {
  it('is told once when it begins and once when it ends, and nothing is lost', async () => {
    const m = mailing(failing('connect'));
    m.put('1');
    const mailer = m.start();
    await m.wait(3 * HOUR_MS);
    m.put('2');
    mailer.deliverSoon();
    await m.wait(3 * HOUR_MS);
    expect(m.log).toEqual(['warn mail was not delivered; it is kept and tried again: connect']);
    m.answers(taken);
    await m.wait(2 * HOUR_MS);
    expect(m.sent).toEqual(['<1@hvmon>', '<2@hvmon>']);
    expect(m.log.slice(1)).toEqual([
      'info mail is delivered again',
      'info mail sent: 2',
      'info mail sent: 2',
    ]);
    await mailer.stop();
  });

  it('does not let a new message overtake those that wait', async () => {
    const m = mailing(failing('connect'));
    m.put('1', '2');
    const mailer = m.start();
    await m.wait(5 * HOUR_MS);
    m.answers(taken);
    m.put('3');
    mailer.deliverSoon();
    await settle();
    expect(m.sent).toEqual(['<1@hvmon>', '<2@hvmon>', '<3@hvmon>']);
    await mailer.stop();
  });

  it('that changes its face tells each of them once', async () => {
    const m = mailing();
    m.put('1');
    m.answers(failing('connect'));
    const mailer = m.start();
    await settle();
    for (const reason of ['timeout', 'connect', 'timeout', 'connect'] as const) {
      m.answers(failing(reason));
      await m.wait(90 * MINUTE_MS);
    }
    expect(m.log.map((line) => line.split(': ').at(-1))).toEqual(['connect', 'timeout']);
    await mailer.stop();
  });

  it('shows in the metrics while it lasts', async () => {
    const m = mailing(failing('auth'));
    m.put('1', '2');
    const mailer = m.start();
    await m.wait(MINUTE_MS);
    expect(await m.metric(`${QUEUE}{channel="email"}`)).toBe(2);
    expect(
      await m.metric('hyperv_checkpoint_notifications_failed_total{channel="email",reason="auth"}'),
    ).toBe(1);
    m.answers(taken);
    await m.wait(2 * HOUR_MS);
    expect(await m.metric(`${QUEUE}{channel="email"}`)).toBe(0);
    await mailer.stop();
  });

  it('is no outage when one message alone is rejected, and that is told once', async () => {
    const m = mailing((mail, to) =>
      mail.messageId === '<1@hvmon>' ? failing('rejected')(mail, to) : taken(mail, to),
    );
    m.put('1', '2');
    const mailer = m.start();
    await m.wait(2 * HOUR_MS);
    m.put('3');
    await m.wait(2 * HOUR_MS);
    expect(m.sent).toEqual(['<2@hvmon>', '<3@hvmon>']);
    expect(m.log).toEqual([
      'warn mail was not delivered; it is kept and tried again: rejected',
      'info mail sent: 2',
      'info mail sent: 2',
    ]);
    await mailer.stop();
  });

  it('ends after three days with the message given up, which is an error', async () => {
    const m = mailing(failing('connect'));
    m.put('1');
    const mailer = m.start();
    await m.wait(3 * DAY_MS + 2 * HOUR_MS);
    expect(m.log.at(-1)).toMatch(/^error a mail was given up/);
    expect(m.store.outboxState().length).toBe(0);
    await mailer.stop();
  });
});

describe('another way to send', () => {
  it('is tried at once with what waits', async () => {
    const m = mailing(failing('auth'));
    m.put('1');
    const mailer = m.start();
    await m.wait(MINUTE_MS);
    m.answers(taken);
    mailer.use({ ...m.notifier });
    await settle();
    expect(m.sent).toEqual(['<1@hvmon>']);
    await mailer.stop();
  });

  it('that is none leaves everything where it is', async () => {
    const m = mailing();
    m.put('1');
    const mailer = m.start(null);
    await m.wait(DAY_MS);
    expect(m.sent).toEqual([]);
    mailer.use(m.notifier);
    await settle();
    expect(m.sent).toEqual(['<1@hvmon>']);
    await mailer.stop();
  });

  it('takes over while a delivery is under way, and the old one is closed only then', async () => {
    const m = mailing();
    m.put('1', '2');
    const slow = Promise.withResolvers<void>();
    let closed = 0;
    const old: Notifier = {
      async send(mail, recipients) {
        await slow.promise;
        m.sent.push(`old ${mail.messageId}`);
        return { accepted: recipients, refused: [], failure: null };
      },
      close() {
        closed += 1;
      },
    };
    const mailer = m.start(old);
    await settle();
    mailer.use(m.notifier);
    await settle();
    expect([closed, m.sent]).toEqual([0, []]);
    slow.resolve();
    await settle();
    expect([closed, m.sent]).toEqual([1, ['old <1@hvmon>', 'old <2@hvmon>']]);
    await mailer.stop();
  });
});

describe('a start', () => {
  it('tries at once what had to wait for its next attempt', async () => {
    const m = mailing(failing('auth'));
    m.put('1');
    const before = m.start();
    await m.wait(MINUTE_MS);
    await before.stop();
    m.answers(taken);
    const after = m.start();
    await settle();
    expect(m.sent).toEqual(['<1@hvmon>']);
    await after.stop();
  });
});

describe('stopping', () => {
  it('ends a delivery under way, which stays owed without an attempt counted', async () => {
    const m = mailing();
    m.put('1');
    const hanging: Notifier = {
      async send(_mail, _recipients, signal) {
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
        return {
          accepted: [],
          refused: [],
          failure: { reason: 'timeout', detail: 'stopped', retry: true },
        };
      },
      close() {},
    };
    const mailer = m.start(hanging);
    await settle();
    await mailer.stop();
    expect(m.store.dueMails(m.clock.now()).map(({ attempts }) => attempts)).toEqual([0]);
    expect(m.log).toEqual([]);
  });

  it('looks at nothing afterwards', async () => {
    const m = mailing();
    const mailer = m.start();
    await mailer.stop();
    m.put('1');
    mailer.deliverSoon();
    await m.wait(DAY_MS);
    expect(m.sent).toEqual([]);
  });
});
