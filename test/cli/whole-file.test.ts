import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeWholeFile } from '../../src/cli/whole-file.ts';
import { itElsewhere } from '../skip-on-windows.ts';

describe('writing a whole file', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'whole-file-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  itElsewhere('is for the eyes of its owner', async () => {
    const path = join(folder, 'mine.json');
    expect(await writeWholeFile(path, 'text')).toBeNull();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('replaces an older one, and leaves nothing else', async () => {
    const path = join(folder, 'mine.json');
    await writeWholeFile(path, 'old and long');
    await writeWholeFile(path, Buffer.from('new'));
    expect(await readFile(path, 'utf8')).toBe('new');
    expect(await readdir(folder)).toEqual(['mine.json']);
  });

  itElsewhere('leaves nothing behind when it fails, and says why', async () => {
    const missing = join(folder, 'no', 'such');
    expect(await writeWholeFile(join(missing, 'report.json'), 'x')).toBe(`there is no folder ${missing}`);
    expect(await writeWholeFile(folder, 'x')).toBe('it is a folder');
    expect(await readdir(folder)).toEqual([]);
  });
});
