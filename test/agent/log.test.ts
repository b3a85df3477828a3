import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createLog } from '../../src/agent/log.ts';
import type { LogConfig } from '../../src/config/config.ts';
import { NOW } from '../builders.ts';
import { fakeTime } from './fake-time.ts';

const USUAL: LogConfig = {
  level: 'info',
  format: 'text',
  file: null,
  maxBytes: 10_000,
  maxFiles: 2,
  eventLogAlerts: false,
};

function setting() {
  const folder = mkdtempSync(join(tmpdir(), 'log-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const disk = { isFull: false };
  let printed = '';
  const world = {
    clock: fakeTime(NOW).clock,
    stderr: (text: string): void => {
      printed += text;
    },
    write(descriptor: number, bytes: Uint8Array): number {
      if (disk.isFull) throw Object.assign(new Error('full'), { code: 'ENOSPC' });
      return writeSync(descriptor, bytes);
    },
  };
  const path = join(folder, 'agent.log');
  const open = (file: string | null = path, config = USUAL) => {
    const log = createLog(config, file, world);
    onTestFinished(log.close);
    return log;
  };
  const lines = (file = path): readonly string[] =>
    readFileSync(file, 'utf8').replaceAll('2026-11-20T10:30:00.000Z ', '').trimEnd().split('\n');
  return { folder, path, disk, open, lines, stderr: () => printed };
}

it('goes to standard error without a file, and to the file alone with one', () => {
  const { open, lines, stderr } = setting();
  open(null).logger.info('to standard error');
  expect(stderr()).toBe('2026-11-20T10:30:00.000Z info to standard error\n');
  open().logger.info('to the file');
  expect(lines()).toEqual(['info to the file']);
  expect(stderr()).not.toContain('to the file');
});

it('takes up another level, another format and other bounds while it runs', () => {
  const { path, open, lines } = setting();
  const log = open();
  log.logger.debug('left out');
  log.logger.info('text');
  log.use({ ...USUAL, level: 'debug', format: 'json' }, path);
  log.logger.debug('object');
  expect(lines()).toEqual([
    'info text',
    '{"time":"2026-11-20T10:30:00.000Z","level":"debug","message":"object"}',
  ]);
  log.use({ ...USUAL, maxBytes: 50 }, path);
  log.logger.info('small');
  expect(lines()).toEqual(['info small']);
  expect(lines(path.replace('.log', '.1.log'))).toHaveLength(2);
});

it('moves to another place and says so in the old one', () => {
  const { folder, open, lines, stderr } = setting();
  const other = join(folder, 'other.log');
  const log = open();
  log.use({ ...USUAL, file: other }, other);
  log.logger.info('here');
  log.use(USUAL, null);
  log.logger.info('and there');
  expect(lines()).toEqual([`info the log goes on in another place file=${JSON.stringify(other)}`]);
  expect(lines(other)).toEqual(['info here', 'info the log goes on in another place file="standard error"']);
  expect(stderr()).toContain(' info and there\n');
});

it('drops lines on a full disk, says so on standard error once, and in the file as soon as it can', () => {
  const { disk, path, open, lines, stderr } = setting();
  const { logger } = open();
  logger.info('one');
  disk.isFull = true;
  for (const line of ['two', 'three', 'four']) logger.info(line);
  expect(stderr().split('\n')).toEqual([
    `2026-11-20T10:30:00.000Z warn the log cannot be written; lines are lost until it can why="the disk is full" file=${JSON.stringify(path)}`,
    '',
  ]);
  disk.isFull = false;
  logger.info('five');
  logger.info('six');
  expect(lines()).toEqual([
    'info one',
    `warn lines are missing here: the log could not be written lines=3 file=${JSON.stringify(path)}`,
    'info five',
    'info six',
  ]);
  expect(stderr()).toContain(' warn the log can be written again lost=3 ');
});

it('survives a place that cannot be written at all', () => {
  const { folder, open, lines, stderr } = setting();
  const path = join(folder, 'a folder');
  mkdirSync(path);
  const log = open(path);
  log.logger.error('lost');
  expect(stderr()).toContain('why="it is a folder"');
  const other = join(folder, 'other.log');
  log.use(USUAL, other);
  log.logger.info('found');
  // The line about the other place was lost as well.
  expect(lines(other)).toEqual([
    `warn lines are missing here: the log could not be written lines=2 file=${JSON.stringify(other)}`,
    'info found',
  ]);
});

it('touches no file before there is something to write', () => {
  const { path, open } = setting();
  open();
  expect(existsSync(path)).toBe(false);
});
