import { mkdtempSync, renameSync, rmSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { type Attempt, fileMark, watchConfig } from '../../src/agent/config-watch.ts';
import { SECOND_MS } from '../../src/core/units.ts';
import { fakeTime } from './fake-time.ts';

/** A file that is watched, on a clock of our own. */
function watched(initial: string | null, edited?: string) {
  const folder = mkdtempSync(join(tmpdir(), 'config-watch-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'agent.yml');
  if (initial !== null) writeFileSync(path, initial);
  const time = fakeTime();
  let changes = 0;
  const quietTries: (number | null)[] = [];
  let answer: Attempt = 'read';
  const mark = fileMark(path);
  if (edited !== undefined) writeFileSync(path, edited);
  let losses = 0;
  const events = {
    changed: (before: number | null) => {
      quietTries.push(before);
      if (answer === 'read') changes += 1;
      return answer;
    },
    gone: () => (losses += 1),
  };
  const companions: string[] = [];
  const end = watchConfig({ path, mark, companions: () => companions }, events, time.timers);
  return {
    path,
    companion: join(folder, 'password'),
    companions,
    end,
    wait: (seconds: number) => time.pass(seconds * SECOND_MS),
    changes: () => changes,
    losses: () => losses,
    answer: (next: Attempt) => {
      answer = next;
    },
    quietTries: () => quietTries.splice(0),
  };
}

it('tells of a change once, when the file has stayed the same for a second', async () => {
  const file = watched('a: 1\n');
  await file.wait(5);
  expect(file.changes()).toBe(0);
  writeFileSync(file.path, 'a: 12\n');
  await file.wait(1);
  expect(file.changes()).toBe(0);
  await file.wait(5);
  expect(file.changes()).toBe(1);
});

it('waits for the end of a file that is written in steps', async () => {
  const file = watched('a: 1\n');
  for (const text of ['a', 'a: 1\nb', 'a: 1\nb: 2\nc']) {
    writeFileSync(file.path, text);
    await file.wait(1);
  }
  expect(file.changes()).toBe(0);
  await file.wait(1);
  expect(file.changes()).toBe(1);
});

it('notices a file that is replaced by another of the same size and time', async () => {
  const file = watched('a: 1\n');
  utimesSync(file.path, 1_000_000, 1_000_000);
  await file.wait(3);
  const before = file.changes();
  writeFileSync(`${file.path}.new`, 'a: 2\n');
  utimesSync(`${file.path}.new`, 1_000_000, 1_000_000);
  renameSync(`${file.path}.new`, file.path);
  await file.wait(3);
  expect(file.changes()).toBe(before + 1);
});

it('notices a file that was not there at the start', async () => {
  const file = watched(null);
  await file.wait(3);
  writeFileSync(file.path, 'a: 1\n');
  await file.wait(3);
  expect(file.changes()).toBe(1);
});

it('takes a file that is gone for no change, until another takes its place', async () => {
  const file = watched('a: 1\n');
  unlinkSync(file.path);
  await file.wait(5);
  expect(file.changes()).toBe(0);
  writeFileSync(file.path, 'a: 123\n');
  await file.wait(3);
  expect(file.changes()).toBe(1);
});

it('tells once that the file is gone, and again when it was back meanwhile', async () => {
  const file = watched('a: 1\n');
  unlinkSync(file.path);
  await file.wait(1);
  expect(file.losses()).toBe(0);
  await file.wait(5);
  expect(file.losses()).toBe(1);
  writeFileSync(file.path, 'a: 12\n');
  await file.wait(3);
  unlinkSync(file.path);
  await file.wait(5);
  expect(file.losses()).toBe(2);
});

it('misses no file that never was, and none that is replaced within a second', async () => {
  const none = watched(null);
  await none.wait(5);
  expect(none.losses()).toBe(0);
  const file = watched('a: 1\n');
  unlinkSync(file.path);
  await file.wait(1);
  writeFileSync(file.path, 'a: 12\n');
  await file.wait(5);
  expect({ losses: file.losses(), changes: file.changes() }).toEqual({ losses: 0, changes: 1 });
});

it('tries a file that cannot be read again at every look, until it is read, and counts the tries in a row', async () => {
  const file = watched('a: 1\n');
  file.answer('quiet');
  writeFileSync(file.path, 'a: 12\n');
  await file.wait(5);
  expect({ changes: file.changes(), quietTries: file.quietTries() }).toEqual({
    changes: 0,
    quietTries: [0, 1, 2, 3],
  });
  file.answer('read');
  await file.wait(5);
  expect({ changes: file.changes(), quietTries: file.quietTries() }).toEqual({ changes: 1, quietTries: [4] });
  writeFileSync(file.path, 'a: 123\n');
  await file.wait(5);
  expect(file.quietTries()).toEqual([0]);
});

it('knows of a file that it was told, until the file is read', async () => {
  const file = watched('a: 1\n');
  file.answer('told');
  writeFileSync(file.path, 'a: 12\n');
  await file.wait(2);
  file.answer('quiet');
  await file.wait(2);
  expect(file.quietTries()).toEqual([0, null, null]);
  file.answer('read');
  await file.wait(2);
  writeFileSync(file.path, 'a: 123\n');
  await file.wait(3);
  expect(file.quietTries()).toEqual([null, 0]);
});

it('counts anew when the file was gone meanwhile, or is again what was read', async () => {
  const file = watched('a: 1\n');
  file.answer('quiet');
  writeFileSync(file.path, 'a: 12\n');
  await file.wait(3);
  unlinkSync(file.path);
  await file.wait(1);
  file.quietTries();
  writeFileSync(file.path, 'a: 123\n');
  await file.wait(3);
  expect(file.quietTries()).toEqual([0, 1]);
});

it('notices what was written between reading the file and watching it', async () => {
  const file = watched('a: 1\n', 'a: 12\n');
  await file.wait(5);
  expect(file.changes()).toBe(1);
});

it('is quiet after its end', async () => {
  const file = watched('a: 1\n');
  file.end();
  writeFileSync(file.path, 'a: 12\n');
  await file.wait(5);
  expect(file.changes()).toBe(0);
});

it('takes whatever becomes of a companion for a change, and gets to know another at the next reading alone', async () => {
  const file = watched('a: 1\n');
  writeFileSync(file.path, 'password_file: password\n');
  writeFileSync(file.companion, 'hunter2');
  file.companions.push(file.companion);
  await file.wait(5);
  expect(file.changes()).toBe(1);
  writeFileSync(file.companion, 'hunter22');
  await file.wait(1);
  expect(file.changes()).toBe(1);
  await file.wait(5);
  expect(file.changes()).toBe(2);
  unlinkSync(file.companion);
  await file.wait(5);
  expect(file.changes()).toBe(3);
  writeFileSync(file.companion, 'hunter222');
  await file.wait(5);
  expect(file.changes()).toBe(4);
  file.companions.pop();
  writeFileSync(file.path, 'a: 1\n');
  await file.wait(5);
  expect(file.changes()).toBe(5);
  unlinkSync(file.companion);
  await file.wait(5);
  expect(file.changes()).toBe(5);
});
