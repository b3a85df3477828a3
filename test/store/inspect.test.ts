import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { stateContents } from '../../src/store/contents.ts';
import { isStateLocked, readState, stateDatabase } from '../../src/store/inspect.ts';
import { host, NOW } from '../builders.ts';
import { opened, sampleAlert, sampleMail, tempDir } from './samples.ts';

/** Every file of a folder with what is in it. */
function files(dir: string): readonly (readonly [string, string])[] {
  return readdirSync(dir).map((name) => [name, readFileSync(join(dir, name), 'latin1')]);
}

async function filled(dir: string) {
  const { store } = opened(dir);
  store.saveAlerts(
    [sampleAlert('A'), sampleAlert('B'), sampleAlert('C', { endedAt: NOW })],
    [sampleMail('1'), sampleMail('2')],
    true,
    NOW,
  );
  const [first] = store.dueMails(NOW);
  store.recordAttempt(first?.id ?? 0, {
    stillOwed: ['a@example.com'],
    wasAccepted: false,
    nextAttemptAt: NOW + 1000,
    failure: 'no connection',
  });
  const { reading } = host({});
  if (reading !== null) await store.saveReport(reading);
  return store;
}

const CONTENTS = {
  schemaVersion: 2,
  alerts: [
    { rule: 'checkpoint-age', state: 'open', count: 2 },
    { rule: 'checkpoint-age', state: 'ended', count: 1 },
  ],
  outbox: { waiting: 2, oldestAt: NOW, mostAttempts: 1, lastFailures: ['no connection'], closed: 0 },
  reports: [{ status: 'read' }],
};

describe('a look at the state', () => {
  it('tells that an agent runs on it, and reads beside it', async () => {
    const dir = tempDir();
    const store = await filled(dir);
    expect(isStateLocked(dir)).toBe(true);
    expect(stateDatabase(dir, true)).toBe('good');
    const read = readState(dir, true, (db) => stateContents(db, false));
    expect(read).toMatchObject({ ok: true, value: { ...CONTENTS, mails: null } });
    store.saveAlerts([sampleAlert('A')], [], false, NOW);
    expect(store.loadAlerts()).toHaveLength(1);
  });

  it('changes nothing of one that nobody uses, and reads all the same', async () => {
    const dir = tempDir();
    (await filled(dir)).close();
    const before = files(dir);
    expect(isStateLocked(dir)).toBe(false);
    expect(stateDatabase(dir, false)).toBe('good');
    const read = readState(dir, false, (db) => stateContents(db, true));
    expect(read).toMatchObject({
      ok: true,
      value: { ...CONTENTS, mails: [{ isWaiting: true, subject: expect.any(String) }, {}] },
    });
    expect(files(dir)).toEqual(before);
  });

  it('sees what a killed agent had written last', async () => {
    const dir = tempDir();
    await filled(dir);
    const copy = tempDir();
    // As after a power cut: the journal is there, and nobody holds the lock.
    for (const name of ['agent.db', 'agent.db-wal']) {
      writeFileSync(join(copy, name), readFileSync(join(dir, name)));
    }
    expect(readState(copy, false, (db) => stateContents(db, false))).toMatchObject({
      ok: true,
      value: CONTENTS,
    });
  });

  it('leaves the lock for the next agent', () => {
    const dir = tempDir();
    opened(dir).store.close();
    expect(isStateLocked(dir)).toBe(false);
    expect(opened(dir).notices).toEqual([]);
  });

  it('tells a state that is missing, damaged, empty, of somebody else or newer', () => {
    const dir = tempDir();
    const path = join(dir, 'agent.db');
    expect(isStateLocked(dir)).toBe(false);
    expect(stateDatabase(dir, false)).toBe('missing');
    expect(readState(dir, false, () => 1)).toMatchObject({ ok: false, isDamaged: false });
    expect(existsSync(path)).toBe(false);
    for (const bytes of ['', 'no database at all, but long enough for a header'.repeat(40)]) {
      writeFileSync(path, bytes);
      expect(stateDatabase(dir, false)).toBe('damaged');
      expect(readFileSync(path, 'utf8')).toBe(bytes);
    }
    writeFileSync(path, '');
    const other = new DatabaseSync(path);
    other.exec('CREATE TABLE theirs (x)');
    other.close();
    expect(stateDatabase(dir, false)).toBe('damaged');
    const newer = tempDir();
    opened(newer).store.close();
    const db = new DatabaseSync(join(newer, 'agent.db'));
    db.exec('PRAGMA user_version = 99');
    db.close();
    expect(stateDatabase(newer, false)).toBe('newer');
  });

  it('takes a damaged lock for none, as an agent would', () => {
    const dir = tempDir();
    writeFileSync(join(dir, 'agent.lock'), 'no database at all, but long enough for a header'.repeat(40));
    expect(isStateLocked(dir)).toBe(false);
  });
});
