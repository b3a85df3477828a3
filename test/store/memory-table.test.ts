import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import type { PolicyMemory } from '../../src/core/policy/memory.ts';
import { HOUR_MS } from '../../src/core/units.ts';
import { MIGRATIONS, migrate } from '../../src/store/migrations.ts';
import { NOW } from '../builders.ts';
import { opened, sampleAlert, sampleMail, tempDir } from './samples.ts';

/** What a look into the database itself finds. */
function rows(dir: string, query: string): readonly unknown[] {
  const db = new DatabaseSync(join(dir, 'agent.db'), { readOnly: true });
  try {
    return db.prepare(query).all();
  } finally {
    db.close();
  }
}

describe('what judging must know of earlier scans', () => {
  const memory = (seenAt: number, lastMatchedAt: number | null = seenAt): PolicyMemory => ({
    guests: new Map([['dc01', { seenAt }]]),
    exceptions: new Map([
      ['used', { firstSeenAt: NOW, lastMatchedAt }],
      ['unused', { firstSeenAt: NOW, lastMatchedAt: null }],
    ]),
  });
  const afterRestart = (...memories: readonly PolicyMemory[]): PolicyMemory => {
    const dir = tempDir();
    const { store } = opened(dir);
    for (const each of memories) store.saveMemory(each);
    store.close();
    return opened(dir).store.loadMemory();
  };

  it('is nothing at first', () => {
    expect(opened(tempDir()).store.loadMemory()).toEqual({ guests: new Map(), exceptions: new Map() });
  });

  it('survives a restart', () => {
    expect(afterRestart(memory(NOW))).toEqual(memory(NOW));
    expect(afterRestart(memory(NOW, null))).toEqual(memory(NOW, null));
  });

  it('is written again after an hour only, unless something new is known', () => {
    const almost = NOW + HOUR_MS - 1;
    expect(afterRestart(memory(NOW), memory(almost))).toEqual(memory(NOW));
    expect(afterRestart(memory(NOW), memory(NOW + HOUR_MS))).toEqual(memory(NOW + HOUR_MS));
    // Many small steps are not lost: they count from what is stored.
    expect(afterRestart(memory(NOW), memory(almost), memory(almost + 1))).toEqual(memory(almost + 1));
    expect(afterRestart(memory(NOW, null), memory(NOW, NOW))).toEqual(memory(NOW, NOW));
  });

  it('follows a clock that was set back', () => {
    expect(afterRestart(memory(NOW), memory(NOW - 1))).toEqual(memory(NOW - 1));
  });

  it('forgets what is gone', () => {
    const dir = tempDir();
    const { store } = opened(dir);
    store.saveMemory(memory(NOW));
    store.saveMemory({ guests: new Map(), exceptions: new Map() });
    expect(rows(dir, 'SELECT * FROM guest')).toEqual([]);
    expect(rows(dir, 'SELECT * FROM exception_use')).toEqual([]);
    expect(store.loadMemory()).toEqual({ guests: new Map(), exceptions: new Map() });
  });

  it('begins an exception anew that is watched anew', () => {
    const again = {
      guests: new Map(),
      exceptions: new Map([['used', { firstSeenAt: NOW + 1, lastMatchedAt: null }]]),
    };
    expect(afterRestart(memory(NOW), again)).toEqual(again);
  });
});

it('a state of before there was a policy keeps its alerts and the mails that wait', () => {
  const dir = tempDir();
  const db = new DatabaseSync(join(dir, 'agent.db'));
  migrate(db, MIGRATIONS.slice(0, 1));
  const [alert, mail] = [sampleAlert('SQL01'), sampleMail('1')];
  db.prepare('INSERT INTO alert (key, body) VALUES (?, ?)').run(alert.key, JSON.stringify(alert));
  db.prepare('INSERT INTO outbox (mail, owed, created_at, next_attempt_at) VALUES (?, ?, ?, ?)').run(
    JSON.stringify(mail),
    JSON.stringify(mail.to),
    NOW,
    NOW,
  );
  db.prepare("INSERT INTO meta (key, value) VALUES ('baselined_at', ?)").run(NOW);
  db.close();
  const { store, notices } = opened(dir);
  expect(notices).toEqual([expect.stringMatching(/^The state was brought from version 1 to \d+; /)]);
  expect(store.loadAlerts()).toEqual([alert]);
  expect(store.dueMails(NOW).map((row) => row.mail)).toEqual([mail]);
  expect(store.isBaselined()).toBe(true);
  expect(store.loadMemory()).toEqual({ guests: new Map(), exceptions: new Map() });
});
