import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { collectError } from '../../src/core/collect-error.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/core/units.ts';
import { host, NOW } from '../builders.ts';
import { HOSTILE_NAMES } from '../hostile.ts';
import { opened, sampleAlert, sampleMail, tempDir } from './samples.ts';

describe('alerts', () => {
  it('are the same after a restart, whatever their names', () => {
    const dir = tempDir();
    const alerts = HOSTILE_NAMES.map((name, index) => {
      const alert = sampleAlert(`vm ${index}`, {
        absences: index % 2,
        endedAt: index % 3 === 0 ? NOW : null,
      });
      return { ...alert, finding: { ...alert.finding, message: name, reason: name } };
    });
    const first = opened(dir);
    first.store.saveAlerts(alerts, [], false, NOW);
    first.store.close();
    expect(opened(dir).store.loadAlerts()).toEqual(alerts.toSorted((a, b) => (a.key < b.key ? -1 : 1)));
  });

  it('are replaced as a whole', () => {
    const dir = tempDir();
    const { store } = opened(dir);
    store.saveAlerts([sampleAlert('A'), sampleAlert('B')], [], false, NOW);
    const worse = sampleAlert('B', { told: { severity: 'critical', at: NOW } });
    store.saveAlerts([worse, sampleAlert('C')], [], false, NOW);
    store.close();
    expect(opened(dir).store.loadAlerts()).toEqual(
      [worse, sampleAlert('C')].toSorted((a, b) => (a.key < b.key ? -1 : 1)),
    );
  });
});

it('saves nothing when it cannot save all, and can save the same later', () => {
  const dir = tempDir();
  const { store } = opened(dir);
  const unwritable = {
    ...sampleMail('1'),
    get text(): string {
      throw new Error('no text');
    },
  };
  expect(() => store.saveAlerts([sampleAlert('SQL01')], [unwritable], true, NOW)).toThrow('no text');
  expect([store.loadAlerts(), store.isBaselined()]).toEqual([[], false]);
  store.saveAlerts([sampleAlert('SQL01')], [], true, NOW);
  store.close();
  expect(opened(dir).store.loadAlerts()).toEqual([sampleAlert('SQL01')]);
});

describe('the outbox', () => {
  it('hands out what is due, the oldest first, with those who are still owed it', () => {
    const { store } = opened(tempDir());
    store.saveAlerts([], [sampleMail('1'), sampleMail('2')], true, NOW);
    expect(store.dueMails(NOW - 1)).toEqual([]);
    const [first, second] = store.dueMails(NOW);
    expect(first).toMatchObject({ mail: sampleMail('1'), owed: sampleMail('1').to, attempts: 0 });
    store.recordAttempt(first?.id ?? 0, {
      stillOwed: ['b@example.com'],
      wasAccepted: true,
      nextAttemptAt: NOW + MINUTE_MS,
      failure: 'try later',
    });
    expect(store.dueMails(NOW)).toEqual([second]);
    expect(store.dueMails(NOW + MINUTE_MS)[0]).toMatchObject({
      owed: ['b@example.com'],
      attempts: 1,
      lastFailure: 'try later',
    });
    expect(store.outboxState()).toEqual({ length: 2, oldestAt: NOW, nextAttemptAt: NOW });
  });

  it('lets go of a message when nobody is owed it any more', () => {
    const { store } = opened(tempDir());
    store.saveAlerts([], [sampleMail('1')], true, NOW);
    const id = store.dueMails(NOW)[0]?.id ?? 0;
    store.recordAttempt(id, { stillOwed: [], wasAccepted: true, nextAttemptAt: NOW, failure: null });
    expect(store.outboxState()).toEqual({ length: 0, oldestAt: null, nextAttemptAt: null });
    expect(store.dueMails(NOW + DAY_MS)).toEqual([]);
  });

  it('postpones and hurries all that waits', () => {
    const { store } = opened(tempDir());
    store.saveAlerts([], [sampleMail('1'), sampleMail('2')], true, NOW);
    store.postponeMails(NOW + HOUR_MS);
    expect(store.dueMails(NOW + HOUR_MS - 1)).toEqual([]);
    store.hurryMails(NOW + 5);
    expect(store.dueMails(NOW + 5)).toHaveLength(2);
  });

  it('does not wait for ever when the clock was a year ahead for a while', () => {
    const { store } = opened(tempDir());
    store.saveAlerts([], [sampleMail('1')], true, NOW + 365 * DAY_MS);
    expect(store.dueMails(NOW)).toHaveLength(1);
  });

  it('keeps a bounded number of messages that are done', () => {
    const dir = tempDir();
    const { store } = opened(dir);
    for (let n = 0; n < 250; n += 1) {
      store.saveAlerts([], [sampleMail(`${n}`)], true, NOW);
      const id = store.dueMails(NOW)[0]?.id ?? 0;
      if (n % 2 === 0) store.discardMail(id, 'refused', NOW);
      else store.recordAttempt(id, { stillOwed: [], wasAccepted: true, nextAttemptAt: NOW, failure: null });
    }
    const reader = new DatabaseSync(join(dir, 'agent.db'), { readOnly: true });
    expect(reader.prepare('SELECT count(*) AS n FROM outbox').get()).toEqual({ n: 100 });
    reader.close();
  });
});

describe('the baseline', () => {
  it('is remembered over a restart', () => {
    const dir = tempDir();
    const { store } = opened(dir);
    expect(store.isBaselined()).toBe(false);
    store.saveAlerts([], [], false, NOW);
    expect(store.isBaselined()).toBe(false);
    store.saveAlerts([], [sampleMail('1')], true, NOW);
    store.saveAlerts([], [], false, NOW);
    store.close();
    expect(opened(dir).store.isBaselined()).toBe(true);
  });

  it('is needed again when a message was given up before anybody got it, but at most once a day', () => {
    const { store, clock } = opened(tempDir());
    const loseOne = (): void => {
      store.saveAlerts([], [sampleMail('lost')], store.isBaselined(), clock.at);
      store.discardMail(store.dueMails(clock.at)[0]?.id ?? 0, 'no answer for three days', clock.at);
    };
    store.saveAlerts([], [], true, clock.at);
    loseOne();
    expect(store.isBaselined()).toBe(true);
    clock.at += DAY_MS;
    expect(store.isBaselined()).toBe(false);
    store.saveAlerts([], [], true, clock.at);
    expect(store.isBaselined()).toBe(true);
    clock.at += 3 * DAY_MS;
    loseOne();
    expect(store.isBaselined()).toBe(false);
  });

  it('is not put off by a clock that was years ahead when a message was given up', () => {
    const { store, clock } = opened(tempDir());
    clock.at += 3650 * DAY_MS;
    store.saveAlerts([], [sampleMail('lost')], true, clock.at);
    store.discardMail(store.dueMails(clock.at)[0]?.id ?? 0, 'no answer for three days', clock.at);
    clock.at = NOW;
    expect(store.isBaselined()).toBe(false);
    store.saveAlerts([], [], true, clock.at);
    expect(store.isBaselined()).toBe(true);
  });

  it('is needed again for a waiting message of another version that cannot be read', () => {
    const dir = tempDir();
    const first = opened(dir);
    first.store.saveAlerts([], [sampleMail('odd'), sampleMail('whole')], true, NOW - DAY_MS);
    first.store.close();
    const db = new DatabaseSync(join(dir, 'agent.db'));
    db.exec(`UPDATE outbox SET mail = '{"messageId":1}' WHERE id = 1`);
    db.close();
    const { store, notices } = opened(dir);
    expect(notices).toEqual([expect.stringMatching(/^1 waiting mail of another version/)]);
    expect(store.isBaselined()).toBe(false);
    expect(store.outboxState().length).toBe(1);
    expect(store.dueMails(NOW).map(({ mail }) => mail.messageId)).toEqual([sampleMail('whole').messageId]);
  });

  it('stands when somebody got the message before it was given up', () => {
    const { store, clock } = opened(tempDir());
    store.saveAlerts([], [sampleMail('1')], true, NOW);
    const id = store.dueMails(NOW)[0]?.id ?? 0;
    const stillOwed = ['b@example.com'];
    store.recordAttempt(id, { stillOwed, wasAccepted: true, nextAttemptAt: NOW, failure: 'later' });
    store.recordAttempt(id, { stillOwed, wasAccepted: false, nextAttemptAt: NOW, failure: 'later' });
    store.discardMail(id, 'three days', NOW);
    clock.at += 9 * DAY_MS;
    expect(store.isBaselined()).toBe(true);
  });
});

describe('reports', () => {
  it('are kept one a host: the last good one', async () => {
    const dir = tempDir();
    const { store } = opened(dir);
    const older = host({ host: 'hv01', vms: [{ name: 'SQL01' }] }).reading;
    const newer = host({
      host: 'hv01',
      vms: [{ name: 'SQL01', checkpoints: [{ name: 'a\ud800', layerBytes: null }] }],
      errors: [collectError('FACT_FAILED', 'x', 'y')],
    }).reading;
    if (older === null || newer === null) throw new Error('no reading');
    await store.saveReport(older);
    await store.saveReport(newer);
    await store.saveReport({
      status: 'failed',
      host: 'hv01',
      failedAt: NOW,
      durationMs: 1,
      error: collectError('TIMEOUT'),
    });
    store.close();
    expect(opened(dir).store.loadReports()).toEqual([{ host: 'hv01', report: newer }]);
  });

  it('from before guests and volumes were read know nothing of them', async () => {
    const dir = tempDir();
    const { store } = opened(dir);
    const { reading } = host({ host: 'hv01', vms: [{ name: 'SQL01', guestProductType: 3 }] });
    if (reading === null) throw new Error('no reading');
    await store.saveReport(
      JSON.parse(
        JSON.stringify(reading, (key, value) =>
          key === 'volumes' || key === 'guestProductType' ? undefined : value,
        ),
      ),
    );
    store.close();
    const report = {
      ...reading,
      vms: reading.vms.map((vm) => ({ ...vm, guestProductType: null })),
      volumes: [],
    };
    expect(opened(dir).store.loadReports()).toEqual([{ host: 'hv01', report }]);
  });
});
