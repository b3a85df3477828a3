import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createLogFile, type LogFileWorld } from '../../src/agent/log-file.ts';
import { type FileDeeds, olderPath } from '../../src/agent/log-rotation.ts';
import { MINUTE_MS } from '../../src/core/units.ts';
import { itElsewhere } from '../skip-on-windows.ts';
import { fakeTime } from './fake-time.ts';

const systemError = (code: string): Error => Object.assign(new Error(code), { code });

function place(limits = { maxBytes: 100, maxFiles: 3 }, world: Partial<LogFileWorld> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'log-file-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'agent.log');
  const time = fakeTime();
  const file = createLogFile(path, limits, { clock: time.clock, ...world });
  onTestFinished(file.close);
  return { folder, path, file, time };
}

/** What the files hold, from the oldest line to the youngest. */
function held(path: string): string {
  const older = Array.from({ length: 120 }, (_, index) => olderPath(path, 120 - index));
  return [...older, path].map((each) => (existsSync(each) ? readFileSync(each, 'utf8') : '')).join('');
}

const textOf = (path: string): string => readFileSync(path, 'utf8');
const LINE = `${'x'.repeat(39)}\n`;

it('names older files by number, before the extension', () => {
  expect(olderPath('/var/log/agent.log', 1)).toBe('/var/log/agent.1.log');
  expect(olderPath('/var/log.d/agent', 12)).toBe('/var/log.d/agent.12');
});

it('makes its folder and nothing else before the first line', () => {
  const { folder } = place();
  const path = join(folder, 'logs', 'deep', 'agent.log');
  const file = createLogFile(path, { maxBytes: 100, maxFiles: 1 }, { clock: fakeTime().clock });
  expect(readdirSync(folder)).toEqual([]);
  expect(file.append('first\n')).toBeNull();
  file.close();
  expect(textOf(path)).toBe('first\n');
});

it('goes on where an earlier life ended', () => {
  const { path, file } = place();
  writeFileSync(path, 'before\n');
  file.append('after\n');
  expect(textOf(path)).toBe('before\nafter\n');
});

it('begins a new file with the line that would make the old one too long, at its exact size', () => {
  const { folder, path, file } = place({ maxBytes: 80, maxFiles: 2 });
  for (let line = 0; line < 3; line += 1) file.append(LINE);
  expect(textOf(olderPath(path, 1))).toBe(LINE + LINE);
  expect(textOf(path)).toBe(LINE);
  for (let line = 0; line < 6; line += 1) file.append(LINE);
  expect(readdirSync(folder).sort()).toEqual(['agent.1.log', 'agent.2.log', 'agent.log']);
});

it('writes a line that is longer than a file may be, in a file of its own', () => {
  const { path, file } = place({ maxBytes: 20, maxFiles: 2 });
  file.append('short\n');
  file.append(LINE);
  file.append('short again\n');
  expect([textOf(olderPath(path, 2)), textOf(olderPath(path, 1)), textOf(path)]).toEqual([
    'short\n',
    LINE,
    'short again\n',
  ]);
});

const lengths = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 120 });
const limitsOf = fc.record({
  maxBytes: fc.integer({ min: 60, max: 300 }),
  maxFiles: fc.integer({ min: 1, max: 6 }),
});

it('loses and tears no line within its bounds, keeps their order, and stays within them', () => {
  fc.assert(
    fc.property(lengths, limitsOf, fc.func(fc.boolean()), (sizes, limits, isClosed) => {
      const { folder, path, file } = place(limits);
      const lines = sizes.map((size, index) => `${index} `.padEnd(size, 'é').slice(0, size));
      for (const [index, line] of lines.entries()) {
        expect(file.append(`${line}\n`)).toBeNull();
        if (isClosed(index)) file.close();
      }
      const all = lines.map((line) => `${line}\n`).join('');
      const kept = held(path);
      const names = readdirSync(folder);
      expect(all.endsWith(kept)).toBe(true);
      expect(kept === all || all[all.length - kept.length - 1] === '\n').toBe(true);
      expect(names.length).toBeLessThanOrEqual(limits.maxFiles + 1);
      // Nothing was dropped before there was need to.
      if (names.length <= limits.maxFiles) expect(kept).toBe(all);
      file.close();
      rmSync(folder, { recursive: true });
    }),
    { numRuns: 60 },
  );
});

it('no file is ever longer than its bound', () => {
  fc.assert(
    fc.property(lengths, limitsOf, (sizes, limits) => {
      const { folder, path, file } = place(limits);
      for (const size of sizes) {
        file.append(`${'x'.repeat(size - 1)}\n`);
        expect(statSync(path).size).toBeLessThanOrEqual(limits.maxBytes);
      }
      const total = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
      expect(total).toBeLessThanOrEqual((limits.maxFiles + 1) * limits.maxBytes);
      file.close();
      rmSync(folder, { recursive: true });
    }),
    { numRuns: 60 },
  );
});

describe('limits that change', () => {
  it('hold from the next line on', () => {
    const { path, file } = place({ maxBytes: 1000, maxFiles: 3 });
    file.append(LINE);
    file.append(LINE);
    file.use({ maxBytes: 80, maxFiles: 3 });
    file.append(LINE);
    expect(textOf(path)).toBe(LINE);
    expect(textOf(olderPath(path, 1))).toBe(LINE + LINE);
  });

  it('take older files away with the next rotation when there may be fewer', () => {
    const { folder, file } = place({ maxBytes: 40, maxFiles: 4 });
    for (let line = 0; line < 8; line += 1) file.append(LINE);
    expect(readdirSync(folder)).toHaveLength(5);
    file.use({ maxBytes: 40, maxFiles: 1 });
    file.append(LINE);
    expect(readdirSync(folder).sort()).toEqual(['agent.1.log', 'agent.log']);
  });

  it('leave files alone that only look like older ones', () => {
    const { folder, file } = place({ maxBytes: 40, maxFiles: 1 });
    const others = ['agent.20261120.log', 'agent.1.log.gz', 'agent.old.log', 'agent.01.log', 'other.2.log'];
    for (const name of others) writeFileSync(join(folder, name), 'kept');
    for (let line = 0; line < 4; line += 1) file.append(LINE);
    for (const name of others) expect(textOf(join(folder, name))).toBe('kept');
  });
});

describe.skipIf(process.platform === 'win32')('rights', () => {
  it('are for owner and group alone', () => {
    const { folder, file } = place();
    const path = join(folder, 'logs', 'agent.log');
    const inner = createLogFile(path, { maxBytes: 100, maxFiles: 1 }, { clock: fakeTime().clock });
    inner.append(LINE);
    inner.close();
    file.append(LINE);
    expect(statSync(path).mode & 0o007).toBe(0);
    expect(statSync(join(folder, 'logs')).mode & 0o007).toBe(0);
  });

  it('of a new file are never wider than those of the one before', () => {
    const { path, file } = place({ maxBytes: 40, maxFiles: 2 });
    file.append(LINE);
    chmodSync(path, 0o600);
    file.append(LINE);
    file.append(LINE);
    expect([path, olderPath(path, 1), olderPath(path, 2)].map((each) => statSync(each).mode & 0o777)).toEqual(
      [0o600, 0o600, 0o600],
    );
  });
});

describe('a disk that takes nothing', () => {
  /** Takes so many bytes more, and then nothing until there is room again. */
  const disk = (room: number) => {
    const state = { room };
    const write = (descriptor: number, bytes: Uint8Array): number => {
      if (state.room === 0) throw systemError('ENOSPC');
      const taken = Math.min(state.room, bytes.length);
      state.room -= taken;
      return writeSync(descriptor, bytes.subarray(0, taken));
    };
    return { state, write };
  };

  it('leaves no half line behind, and says in words what is wrong', () => {
    const { state, write } = disk(60);
    const { path, file } = place({ maxBytes: 1000, maxFiles: 2 }, { write });
    expect(file.append(LINE)).toBeNull();
    expect(file.append(LINE)).toBe('the disk is full');
    expect(textOf(path)).toBe(LINE);
    state.room = 1000;
    expect(file.append('again\n')).toBeNull();
    expect(textOf(path)).toBe(`${LINE}again\n`);
  });

  it('keeps all lines that were accepted and no part of any other, at whatever byte it fills up', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 90 }), { maxLength: 30 }), (rooms) => {
        const { state, write } = disk(0);
        const { folder, path, file } = place({ maxBytes: 100, maxFiles: 40 }, { write });
        let accepted = '';
        for (const [index, room] of rooms.entries()) {
          state.room = room;
          const line = `${index} ${'x'.repeat(index)}\n`;
          if (file.append(line) === null) accepted += line;
        }
        expect(held(path)).toBe(accepted);
        file.close();
        rmSync(folder, { recursive: true });
      }),
    );
  });

  it('half a line of somebody who died is ended before the next begins', () => {
    const { path, file } = place();
    writeFileSync(path, 'whole\nhal');
    file.append('next\n');
    expect(textOf(path)).toBe('whole\nhal\nnext\n');
  });
});

describe('somebody else', () => {
  itElsewhere('moved the file or deleted it: a new one is begun', () => {
    const { folder, path, file } = place({ maxBytes: 1000, maxFiles: 1 });
    file.append('one\n');
    renameSync(path, join(folder, 'elsewhere'));
    file.append('two\n');
    expect(textOf(path)).toBe('two\n');
    unlinkSync(path);
    file.append('three\n');
    expect(textOf(path)).toBe('three\n');
    expect(textOf(join(folder, 'elsewhere'))).toBe('one\n');
  });

  it('emptied the file: it is filled anew from its start', () => {
    const { path, file } = place({ maxBytes: 60, maxFiles: 1 });
    file.append(LINE);
    truncateSync(path);
    file.append(LINE);
    expect(textOf(path)).toBe(LINE);
  });

  it('made something else of the name: nothing is written, nothing waits, and it goes on when that is gone', () => {
    const { path, file } = place();
    mkdirSync(path);
    expect(file.append(LINE)).toBe('it is a folder');
    rmSync(path, { recursive: true });
    expect(file.append(LINE)).toBeNull();
    rmSync(path);
    if (process.platform === 'win32') return;
    symlinkSync('/dev/null', path);
    expect(file.append(LINE)).toBe('it is no file');
  });

  it('put a file where the folder would be: it says so', () => {
    const { folder } = place();
    writeFileSync(join(folder, 'no-folder'), '');
    const path = join(folder, 'no-folder', 'agent.log');
    const file = createLogFile(path, { maxBytes: 100, maxFiles: 1 }, { clock: fakeTime().clock });
    expect(file.append(LINE)).toBe('a file of that name is there');
  });
});

describe('a reader that keeps a file open, on Windows', () => {
  /** Files that cannot be renamed or replaced; those of `frozen` cannot be written either. */
  const windows = () => {
    const open = new Set<string>();
    const frozen = new Set<string>();
    const isHeld = (path: string): boolean => open.has(path) || frozen.has(path);
    const refuse = (isRefused: boolean): void => {
      if (isRefused) throw systemError('EPERM');
    };
    const files: FileDeeds = {
      exists: existsSync,
      rename(from, to) {
        refuse(isHeld(from) || isHeld(to));
        renameSync(from, to);
      },
      openForWriting: (path) => refuse(frozen.has(path)),
      copy(from, to) {
        refuse(frozen.has(to));
        copyFileSync(from, to);
      },
      empty(path) {
        refuse(frozen.has(path));
        truncateSync(path);
      },
      remove(path) {
        refuse(isHeld(path));
        unlinkSync(path);
      },
    };
    return { open, frozen, files };
  };

  it('does not hinder: the content moves where the file cannot', () => {
    const { open, files } = windows();
    const { path, file } = place({ maxBytes: 40, maxFiles: 2 }, { files });
    open.add(path).add(olderPath(path, 1));
    for (const line of ['one', 'two', 'three', 'four']) file.append(`${line.padEnd(39)}\n`);
    expect(
      held(path)
        .split('\n')
        .map((line) => line.trim()),
    ).toEqual(['two', 'three', 'four', '']);
  });

  it('and lets nobody write makes it longer, up to twice; then lines are refused, until a minute after it has gone', () => {
    const { frozen, files } = windows();
    const { path, file, time } = place({ maxBytes: 80, maxFiles: 2 }, { files });
    file.append('0\n');
    frozen.add(path);
    expect([1, 2, 3].map(() => file.append(LINE))).toEqual([null, null, null]);
    expect(file.append(LINE)).toBe('it is full and cannot be renamed: access denied');
    frozen.clear();
    expect(file.append(LINE)).toMatch(/^it is full/);
    time.sleep(MINUTE_MS);
    expect(file.append(LINE)).toBeNull();
    expect(textOf(path)).toBe(LINE);
    expect(textOf(olderPath(path, 1))).toBe(`0\n${LINE.repeat(3)}`);
  });

  it('on a full disk: half a copy does not stay', () => {
    const { open, files } = windows();
    const copy = (from: string, to: string): void => {
      writeFileSync(to, readFileSync(from).subarray(0, 10));
      throw systemError('ENOSPC');
    };
    const { folder, path, file } = place({ maxBytes: 40, maxFiles: 2 }, { files: { ...files, copy } });
    file.append(LINE);
    open.add(path);
    file.append(LINE);
    expect(readdirSync(folder)).toEqual(['agent.log']);
    expect(textOf(path)).toBe(LINE + LINE);
  });

  it('loses, doubles and reorders nothing that was accepted, whoever holds what and for how long', () => {
    const holds = fc.record({
      number: fc.integer({ min: 0, max: 4 }),
      how: fc.constantFrom('open', 'frozen', 'released' as const),
    });
    fc.assert(
      fc.property(fc.array(holds, { minLength: 1, maxLength: 60 }), (steps) => {
        const { open, frozen, files } = windows();
        const { folder, path, file, time } = place({ maxBytes: 40, maxFiles: 100 }, { files });
        let accepted = '';
        for (const [index, { number, how }] of steps.entries()) {
          const target = number === 0 ? path : olderPath(path, number);
          open.delete(target);
          frozen.delete(target);
          if (how === 'open') open.add(target);
          if (how === 'frozen') frozen.add(target);
          const line = `${index}`.padEnd(25).concat('\n');
          if (file.append(line) === null) accepted += line;
          if (index % 2 === 0) time.sleep(MINUTE_MS);
          expect(statSync(path).size).toBeLessThanOrEqual(80);
        }
        expect(held(path)).toBe(accepted);
        file.close();
        rmSync(folder, { recursive: true });
      }),
    );
  });
});
