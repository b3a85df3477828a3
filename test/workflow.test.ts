import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import packageJson from '../package.json' with { type: 'json' };
import { parsePowerShell } from './powershell-check.ts';

interface Step {
  readonly run?: string;
  readonly uses?: string;
  readonly shell?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly 'runs-on': string;
  readonly needs?: string;
  readonly strategy?: { readonly matrix: Readonly<Record<string, readonly string[]>> };
  readonly defaults?: { readonly run: { readonly shell: string } };
  readonly env?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

const { jobs }: { readonly jobs: Readonly<Record<string, Job>> } = parse(
  readFileSync('.github/workflows/windows.yml', 'utf8'),
);
const steps = Object.values(jobs).flatMap((job) => job.steps);
const commands = steps.flatMap(({ run }) => (run === undefined || run.includes('\n') ? [] : [run]));

/** It cannot be run here: what of it can be wrong without that is looked at. */
describe('the workflow for Windows', () => {
  it('has jobs of steps that each run something or use something', () => {
    expect(Object.keys(jobs)).toEqual(['linux', 'windows', 'scripts', 'install']);
    for (const step of steps) expect(Object.keys(step)).toContain(step.run === undefined ? 'uses' : 'run');
  });

  it('runs scripts of package.json, test files and programs that there are', () => {
    const wrong = commands.filter((command) => !isThere(command));
    expect(commands.length).toBeGreaterThan(5);
    expect(wrong).toEqual([]);
  });

  it('waits for jobs, and names values of a matrix, that there are', () => {
    for (const job of Object.values(jobs)) {
      if (job.needs !== undefined) expect(Object.keys(jobs)).toContain(job.needs);
      const named = [...JSON.stringify(job).matchAll(/\$\{\{ matrix\.(\w+) \}\}/g)].map(([, name]) => name);
      expect([...new Set(named)]).toEqual(Object.keys(job.strategy?.matrix ?? {}));
    }
  });

  it('runs the suites of the scripts, and the setup itself, in Windows PowerShell 5.1 and in PowerShell 7', () => {
    expect(jobs.scripts).toMatchObject({
      'runs-on': 'windows-latest',
      strategy: { matrix: { powershell: ['powershell.exe', 'pwsh.exe'] } },
      env: { CHECKPOINT_TEST_POWERSHELL: expect.stringContaining('matrix.powershell') },
    });
    expect(jobs.install).toMatchObject({
      'runs-on': 'windows-latest',
      strategy: { matrix: { shell: ['powershell', 'pwsh'] } },
    });
  });

  it('gives those suites to no test file that would skip in the PowerShell that was chosen', () => {
    const files = (jobs.scripts?.steps ?? []).flatMap(({ run = '' }) => run.match(/test\/\S+/g) ?? []);
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) expect(readFileSync(file, 'utf8')).toContain('skipIf(POWERSHELL === null)');
  });

  it('has scripts for PowerShell that parse', async () => {
    const scripts = (jobs.install?.steps ?? []).flatMap(({ run }) => run ?? []);
    expect(scripts.length).toBeGreaterThan(3);
    for (const script of scripts) expect((await parsePowerShell(script)).hasError, script).toBe(false);
  });
});

function isThere(command: string): boolean {
  // What a step puts before the program: its rights and its environment.
  const [program = '', ...rest] = command
    .replace(/^sudo (--preserve-env=\w+ )?(env "PATH=\$PATH" )?/, '')
    .split(' ');
  if (program === 'npm') {
    const script = rest[0] === 'run' ? rest[1] : rest[0];
    return script === 'ci' || Object.hasOwn(packageJson.scripts, script ?? '');
  }
  if (program === 'npx') {
    const [tool = '', ...args] = rest;
    return (
      Object.hasOwn(packageJson.devDependencies, tool) && args.slice(1).every((path) => existsSync(path))
    );
  }
  accessSync(program, constants.X_OK);
  return true;
}
