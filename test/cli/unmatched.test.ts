import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../../src/cli/index.ts';
import { fakeIo } from './io.ts';

const recording = (name: string) => join(import.meta.dirname, `../fixtures/recordings/${name}.json`);
const OFFICE = recording('small-office');

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'unmatched-cli-'));
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  write('good.yml', "tags: { sql: 'SQL*' }\n");
  write('bad.yml', 'schedule: { every: 10s }\ntags:\n  sql: [SQL*, SLQ01]\n');
  write(
    'many.yml',
    `tags: { x: [${Array.from({ length: 12 }, (_, index) => `NOSUCH${index}`).join(', ')}] }\n`,
  );
  write('checkpoints.yml', 'kinds: { image: { checkpoint: nosuch* } }\n');
  write('wrong.yml', 'tgas: {}\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(...args: readonly string[]) {
  const { io, printed } = fakeIo({ env: { XDG_CONFIG_HOME: '/nowhere' }, cwd: folder });
  return { exitCode: await runCommand(args, io), ...printed };
}

describe('scan', () => {
  const scan = (file: string, report = OFFICE) => run('scan', '--from-file', report, '--config', file);

  it('says after the table which patterns match nothing', async () => {
    const { exitCode, out, err } = await scan('bad.yml');
    expect(exitCode).toBe(0);
    expect(out).not.toContain('SLQ01');
    expect(err).toContain(
      `${join(folder, 'bad.yml')}:3  warning: tags.sql: "SLQ01" matches no VM; nearest is "SQL01"\n`,
    );
    expect((await scan('good.yml')).err).toBe('');
  });

  it('says of many only how many more there are', async () => {
    const { err } = await scan('many.yml');
    expect(err.match(/NOSUCH/g)).toHaveLength(10);
    expect(err).toMatch(/\n2 more patterns match nothing; config check --from-file REPORT tells all\n$/);
  });

  it('says nothing of what may be where it could not look', async () => {
    expect((await scan('many.yml', recording('access-denied'))).err).not.toContain('NOSUCH');
  });
});

describe('config check --from-file', () => {
  const check = (file: string, report = OFFICE) =>
    run('config', 'check', '--config', file, '--from-file', report);

  it('says which patterns match nothing of the report, in the order of the file', async () => {
    const { exitCode, out, err } = await check('bad.yml');
    expect(exitCode).toBe(0);
    expect(err).toMatch(
      /^bad\.yml:1:20 {2}warning: schedule.*\nbad\.yml:3 {5}warning: tags\.sql: .*\n2 warnings\n$/,
    );
    expect(out).toMatch(
      /^bad\.yml: no errors\n.*small-office\.json \(hv01, \S+ \S+ \+01:00\): 1 warning about patterns\n$/,
    );
  });

  it('says so when every pattern matches something', async () => {
    const { exitCode, out, err } = await check('good.yml');
    expect([exitCode, err]).toEqual([0, '']);
    expect(out).toMatch(/: every pattern matches something\n$/);
  });

  it('says what it could not check', async () => {
    const unread = await check('bad.yml', recording('access-denied'));
    expect(unread.exitCode).toBe(1);
    expect(unread.out).toBe('bad.yml: no errors\n');
    expect(unread.err).toContain('patterns were not checked: access denied');
    expect(await check('bad.yml', 'nosuch.json')).toMatchObject({ exitCode: 1 });
    const partly = await check('checkpoints.yml', recording('vm-disappears'));
    expect(partly.exitCode).toBe(0);
    expect(partly.out).toMatch(
      /; those of checkpoints were not checked, since not every checkpoint was read\n$/,
    );
  });

  it('ends with 78 when the configuration is wrong, whatever the report', async () => {
    const { exitCode, out, err } = await check('wrong.yml');
    expect([exitCode, out]).toEqual([78, '']);
    expect(err).toContain('wrong.yml:1:1  tgas: unknown key; did you mean "tags"?');
  });
});
