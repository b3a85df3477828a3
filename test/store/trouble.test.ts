import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { MIGRATIONS } from '../../src/store/migrations.ts';
import { openStore } from '../../src/store/sqlite.ts';
import { NOW } from '../builders.ts';
import { itElsewhere } from '../skip-on-windows.ts';
import { FakeClock, opened, sampleAlert, sampleMail, tempDir } from './samples.ts';

function problemOf(stateDir: string, migrations = MIGRATIONS) {
  const result = openStore({ stateDir, clock: new FakeClock(), migrations });
  if (result.ok) {
    result.store.close();
    throw new Error('it opened');
  }
  return result.problem;
}

function filled(): string {
  const dir = tempDir();
  const { store } = opened(dir);
  store.saveAlerts([sampleAlert('SQL01')], [sampleMail('1')], true, NOW);
  store.close();
  return dir;
}

describe('one writer', () => {
  it('refuses a second agent on the folder, naming it, and takes it when the first has gone', () => {
    const dir = tempDir();
    const { store } = opened(dir);
    expect(problemOf(dir)).toEqual({ kind: 'locked', message: expect.stringContaining(dir) });
    store.close();
    opened(dir);
  });

  itElsewhere('refuses it in another process too, but lets it read', () => {
    const dir = tempDir();
    const { store } = opened(dir);
    store.saveAlerts([sampleAlert('SQL01')], [], true, NOW);
    const script = `
      import { openStore } from '${join(import.meta.dirname, '../../src/store/sqlite.ts')}';
      import { DatabaseSync } from 'node:sqlite';
      const clock = { now: () => 0, monotonicMs: () => 0 };
      const result = openStore({ stateDir: process.argv[1], clock });
      const reader = new DatabaseSync(process.argv[1] + '/agent.db', { readOnly: true });
      const { n } = reader.prepare('SELECT count(*) AS n FROM alert').get();
      console.log(JSON.stringify([result.ok, result.problem?.kind, n]));
    `;
    const child = spawnSync(process.execPath, ['--input-type=module', '-e', script, dir], {
      encoding: 'utf8',
    });
    expect(JSON.parse(child.stdout)).toEqual([false, 'locked', 1]);
  });

  it('is not kept out by a lock file full of rubbish', () => {
    const dir = tempDir();
    writeFileSync(join(dir, 'agent.lock'), 'rubbish'.repeat(1000));
    opened(dir);
    expect(readdirSync(dir)).toContain('agent.lock.damaged');
  });
});

describe('a database that cannot be used', () => {
  it.each<[string, (path: string) => void]>([
    ['rubbish', (path) => writeFileSync(path, 'not a database, and long enough to be none. '.repeat(100))],
    ['empty', (path) => truncateSync(path, 0)],
    ['cut in half', (path) => truncateSync(path, Math.floor(statSync(path).size / 2))],
    ['damaged inside', (path) => writeFileSync(path, damaged(readFileSync(path)))],
    [
      'of another program',
      (path) => {
        rmSync(path);
        const db = new DatabaseSync(path);
        db.exec('CREATE TABLE theirs (x); PRAGMA user_version = 3');
        db.close();
      },
    ],
  ])('that is %s is kept aside and begun anew, and that is said', (_, spoil) => {
    const dir = filled();
    spoil(join(dir, 'agent.db'));
    const { store, notices } = opened(dir);
    expect(notices).toHaveLength(1);
    expect(notices[0]).toContain(join(dir, 'agent.db'));
    const kept = readdirSync(dir).filter((name) => name.startsWith('agent.db.damaged-'));
    expect(kept).toHaveLength(1);
    expect(notices[0]).toContain(kept[0]);
    expect(store.loadAlerts()).toEqual([]);
    expect(store.isBaselined()).toBe(false);
    store.saveAlerts([sampleAlert('SQL01')], [], true, NOW);
    store.close();
    expect(opened(dir).notices).toEqual([]);
  });

  it('twice in one second, both are kept', () => {
    const dir = filled();
    for (const text of ['first', 'second']) {
      writeFileSync(join(dir, 'agent.db'), text);
      opened(dir).store.close();
    }
    const kept = readdirSync(dir).filter((name) => name.startsWith('agent.db.damaged-'));
    expect(kept.map((name) => readFileSync(join(dir, name), 'utf8')).sort()).toEqual(['first', 'second']);
  });

  it('is not made of one whose creation was interrupted', () => {
    const dir = tempDir();
    const db = new DatabaseSync(join(dir, 'agent.db'));
    db.exec('PRAGMA journal_mode = WAL');
    db.close();
    expect(opened(dir).notices).toEqual([]);
  });
});

/** Overwrites everything behind the first page. */
function damaged(bytes: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, 4096), Buffer.alloc(bytes.length - 4096, 0x5a)]);
}

describe('versions', () => {
  const newer = [...MIGRATIONS, 'ALTER TABLE alert ADD COLUMN note TEXT'];

  it('refuses a newer database and leaves it as it is', () => {
    const dir = filled();
    opened(dir, { migrations: newer }).store.close();
    const before = readFileSync(join(dir, 'agent.db'));
    expect(problemOf(dir)).toEqual({
      kind: 'newer',
      message: expect.stringContaining(`schema ${newer.length}; this one knows ${MIGRATIONS.length}`),
    });
    expect(readFileSync(join(dir, 'agent.db'))).toEqual(before);
  });

  it('brings an older one up to date, after making a copy of it', () => {
    const dir = filled();
    const { store, notices } = opened(dir, { migrations: newer });
    expect(store.loadAlerts()).toHaveLength(1);
    expect(store.dueMails(NOW)).toHaveLength(1);
    const copy = readdirSync(dir).find((name) => name.startsWith(`agent.db.version-${MIGRATIONS.length}-`));
    expect(notices).toEqual([expect.stringContaining(copy ?? 'a copy')]);
    const old = new DatabaseSync(join(dir, copy ?? ''), { readOnly: true });
    expect(old.prepare('SELECT count(*) AS n FROM alert').get()).toEqual({ n: 1 });
    expect(old.prepare('PRAGMA user_version').get()).toEqual({ user_version: MIGRATIONS.length });
    old.close();
  });

  it('leaves the old one whole when a step fails', () => {
    const dir = filled();
    const result = openStore({
      stateDir: dir,
      clock: new FakeClock(),
      migrations: [...newer, 'CREATE TABLE broken ('],
    });
    expect(result.ok).toBe(false);
    expect(opened(dir).store.loadAlerts()).toHaveLength(1);
  });
});

describe('a folder that cannot be used', () => {
  it.each<[string, (dir: string) => string]>([
    ['a file in the place of the folder', (dir) => file(dir, 'state')],
    ['a file on the way to it', (dir) => join(file(dir, 'file'), 'state')],
    [
      'a folder in the place of the database',
      (dir) => {
        mkdirSync(join(dir, 'agent.db'));
        writeFileSync(join(dir, 'agent.db', 'x'), '');
        return dir;
      },
    ],
  ])('%s', (_, make) => {
    const dir = make(tempDir());
    expect(problemOf(dir)).toEqual({ kind: 'unwritable', message: expect.stringContaining(dir) });
  });

  it('a folder below one in which nothing can be made is given up at once', ({ skip }) => {
    if (process.platform !== 'linux') skip('there is no /proc');
    // In a process of its own: what this guards against could not be interrupted.
    const script = `
      import { openStore } from '${join(import.meta.dirname, '../../src/store/sqlite.ts')}';
      const result = openStore({ stateDir: process.argv[1], clock: { now: () => 0, monotonicMs: () => 0 } });
      console.log(result.problem?.kind, result.problem?.message);
    `;
    const child = spawnSync(process.execPath, ['--input-type=module', '-e', script, '/proc/nope/state'], {
      encoding: 'utf8',
      timeout: 20_000,
      killSignal: 'SIGKILL',
    });
    expect(child.stdout).toMatch(
      /^unwritable The state folder \/proc\/nope\/state cannot be written \(there is no such file or folder\)/,
    );
  });

  it('is made with the parents it lacks, for nobody else to read', () => {
    const dir = tempDir();
    opened(join(dir, 'a', 'b', 'state'));
    if (process.platform !== 'win32') expect(statSync(join(dir, 'a', 'b', 'state')).mode & 0o777).toBe(0o700);
  });

  it('rights that do not allow writing', ({ skip }) => {
    const dir = tempDir();
    const state = join(dir, 'state');
    mkdirSync(state, { mode: 0o555 });
    const script = `
      import { openStore } from '${join(import.meta.dirname, '../../src/store/sqlite.ts')}';
      if (process.getuid() === 0) process.setuid(65534);
      const result = openStore({ stateDir: process.argv[1], clock: { now: () => 0, monotonicMs: () => 0 } });
      console.log(result.problem?.kind);
    `;
    if (process.platform === 'win32') skip('rights work differently on Windows');
    spawnSync('chmod', ['755', dir]);
    const child = spawnSync(process.execPath, ['--input-type=module', '-e', script, state], {
      encoding: 'utf8',
    });
    expect(child.stdout.trim()).toBe('unwritable');
  });
});

function file(dir: string, name: string): string {
  writeFileSync(join(dir, name), '');
  return join(dir, name);
}

describe('a full disk', () => {
  it('fails the write alone, and the store goes on when there is room again', ({ skip }) => {
    const dir = tempDir();
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', dir]);
    if (mounted.status !== 0) skip('needs to be allowed to mount a small disk');
    try {
      const { store } = opened(dir);
      store.saveAlerts([sampleAlert('SQL01')], [], true, NOW);
      writeFileSync(join(dir, 'ballast'), Buffer.alloc(700_000));
      const many = Array.from({ length: 2000 }, (_, n) => sampleAlert(`VM${n}`));
      expect(() => store.saveAlerts(many, [sampleMail('1')], true, NOW)).toThrow(
        `${dir} could not be written: the disk is full`,
      );
      expect(store.loadAlerts()).toHaveLength(1);
      expect(store.dueMails(NOW)).toEqual([]);
      rmSync(join(dir, 'ballast'));
      store.saveAlerts(many.slice(0, 100), [sampleMail('1')], true, NOW);
      expect(store.dueMails(NOW)).toHaveLength(1);
      store.close();
      expect(opened(dir).store.loadAlerts()).toHaveLength(100);
    } finally {
      spawnSync('umount', ['-l', dir]);
    }
  });
});

describe('killed in the middle of a write', () => {
  it('has no torn cycle and has lost nothing it had acknowledged, ten times over', async () => {
    const dir = tempDir();
    let cycle = 0;
    for (let round = 0; round < 10; round += 1) {
      const acknowledged = await writeUntilKilled(dir, cycle, 20 + round * 7);
      const { store, notices } = opened(dir);
      expect(notices).toEqual([]);
      const cycles = new Set(store.loadAlerts().map(({ absences }) => absences));
      expect(cycles.size).toBeLessThanOrEqual(1);
      cycle = [...cycles][0] ?? 0;
      expect(cycle).toBeGreaterThanOrEqual(acknowledged);
      expect(store.dueMails(NOW).map(({ mail }) => mail.messageId)).toEqual(
        Array.from({ length: cycle }, (_, n) => `<${n + 1}@hvmon>`),
      );
      store.close();
    }
    expect(cycle).toBeGreaterThan(0);
  });
});

/** Lets a child save cycle after cycle and kills it some lines later. @returns the last cycle it said was saved. */
function writeUntilKilled(dir: string, from: number, lines: number): Promise<number> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'writer.ts'), dir, String(from)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve) => {
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.split('\n').length > lines) child.kill('SIGKILL');
    });
    child.on('close', () => resolve(Number(said.trim().split('\n').at(-1) ?? from)));
  });
}
