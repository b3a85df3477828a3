import { closeSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { append, cap, cappedFile, openForAppending } from '../../service/host/capped-file.ts';
import { createHostLog } from '../../service/host/host-log.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'capped-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

it('a log takes no more than twice its limit and a line, and keeps what was written last', () => {
  const file = cappedFile(folder(), 'host', 1000);
  for (let line = 0; line < 500; line += 1) append(file, `line ${line}\n`);
  const kept = readFileSync(file.olderPath, 'utf8') + readFileSync(file.path, 'utf8');
  expect(kept.length).toBeGreaterThan(1000);
  expect(kept.length).toBeLessThanOrEqual(2010);
  expect(kept.endsWith('line 497\nline 498\nline 499\n')).toBe(true);
});

it('a file that a process holds open is shortened under it, and the process goes on at its start', () => {
  const file = cappedFile(folder(), 'output', 100);
  const held = openForAppending(file);
  onTestFinished(() => closeSync(held));
  writeSync(held, 'x'.repeat(5000));
  writeSync(held, 'the last words');
  cap(file);
  writeSync(held, 'the first words');
  expect(readFileSync(file.path, 'utf8')).toBe('the first words');
  // However much was written meanwhile: the older generation is no longer than the limit.
  expect(statSync(file.olderPath).size).toBe(100);
  expect(readFileSync(file.olderPath, 'utf8')).toMatch(/x{86}the last words$/);
});

it('a file exactly at its limit stays, and one that is not there is none too long', () => {
  const file = cappedFile(folder(), 'output', 10);
  cap(file);
  append(file, '0123456789');
  expect(readFileSync(file.path, 'utf8')).toBe('0123456789');
  expect(existsSync(file.olderPath)).toBe(false);
});

it('the log of the host tells the time, and a disk that is full does not end the host', () => {
  const file = cappedFile(folder(), 'host', 1000);
  const now = () => Date.UTC(2026, 10, 24, 12);
  createHostLog(file, now)('running');
  expect(readFileSync(file.path, 'utf8')).toBe('2026-11-24T12:00:00.000Z running\n');
  createHostLog(cappedFile('/proc/nowhere', 'host', 1000), now)('running');
});
