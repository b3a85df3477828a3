import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../src/core/units.ts';
import { NOW } from '../builders.ts';
import { opened, sampleAlert, tempDir } from './samples.ts';

describe('an alert that an exception covers', () => {
  const exception = { reason: 'training image', untilAt: NOW + HOUR_MS, owner: 'j.doe', line: 12 };
  const covered = sampleAlert('LAB09', {
    told: { severity: 'warning', at: NOW, wasExcepted: true },
    finding: { ...sampleAlert('LAB09').finding, owner: 'j.doe', exception },
  });

  it('is the same after a restart', () => {
    const dir = tempDir();
    const first = opened(dir);
    first.store.saveAlerts([covered], [], true, NOW);
    first.store.close();
    expect(opened(dir).store.loadAlerts()).toEqual([covered]);
  });

  it('is written again when the exception comes, changes or goes', () => {
    const dir = tempDir();
    const open = sampleAlert('LAB09');
    const longer = { ...exception, untilAt: exception.untilAt + HOUR_MS };
    const steps = [
      { ...open, finding: { ...open.finding, exception } },
      covered,
      { ...covered, finding: { ...covered.finding, exception: longer } },
      { ...covered, finding: { ...covered.finding, exception: null } },
      open,
    ];
    for (const step of steps) {
      const { store } = opened(dir);
      store.saveAlerts([step], [], true, NOW);
      store.close();
      const again = opened(dir);
      expect(again.store.loadAlerts()).toEqual([step]);
      again.store.close();
    }
  });

  it('of a version that knew no exceptions has none', () => {
    const dir = tempDir();
    const alert = sampleAlert('SQL01');
    opened(dir).store.close();
    const db = new DatabaseSync(join(dir, 'agent.db'));
    const old = JSON.stringify(alert, (key, value) =>
      key === 'owner' || key === 'exception' ? undefined : value,
    );
    db.prepare('INSERT INTO alert (key, body) VALUES (?, ?)').run(alert.key, old);
    db.close();
    expect(opened(dir).store.loadAlerts()).toEqual([alert]);
  });
});
