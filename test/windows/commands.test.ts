import { cpSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { untilShown } from '../acceptance/agent-process.ts';
import { unzip } from '../cli/support/unzip.ts';
import { isMissing } from '../peers.ts';
import { layOutAgentData } from './agent-data.ts';
import { windowsNodeForWine } from './nodes.ts';
import { windowsPath } from './prefix.ts';
import { type AgentFolder, installAgent } from './program.ts';
import { installForTest } from './test-service.ts';
import { placeWindowsPowerShell, windowsPowerShellFolder } from './windows-powershell.ts';
import { bootWine, type Wine } from './wine.ts';

const NAME = 'commands-test';
const WINDOWS_POWERSHELL = windowsPowerShellFolder();

/** Wine has no PowerShell, and its sc.exe knows neither `queryex` nor `qc`. */
describe.skipIf(isMissing('wine64'))('on Windows', { timeout: 120_000 }, () => {
  let wine: Wine;
  let program: AgentFolder;

  beforeAll(async () => {
    wine = await bootWine();
    const folder = join(wine.home, 'Program Files', 'checkpoint agent');
    program = await installAgent(folder, await windowsNodeForWine());
    cpSync(join(import.meta.dirname, '..', '..', 'service', 'bin'), join(folder, 'bin'), { recursive: true });
    cpSync(join(import.meta.dirname, 'create-process.mjs'), join(folder, 'create-process.mjs'));
  }, 600_000);
  afterAll(() => wine?.end(), 60_000);

  const installed = (): string => windowsPath(dirname(program.host));
  /** How a command line ends that is started as monitoring agents start it. */
  const created = (line: string) => {
    const probe = join(dirname(program.host), 'create-process.mjs');
    return wine.run(program.node, windowsPath(probe), line);
  };

  /** A service that runs, and the command line beside it. */
  const running = async () => {
    const { folder, url, ...data } = await layOutAgentData(join(wine.home, 'ProgramData'));
    const service = await installForTest(wine, { ...program, ...data, name: NAME });
    await service.start();
    await service.reaches('RUNNING');
    await untilShown(`${url}/check`, 'CHECKPOINTS UNKNOWN');
    const run = (...args: readonly string[]) =>
      wine.run(program.node, windowsPath(program.agent), ...args, '--name', NAME, ...data.runArguments);
    return { run, folder, url };
  };

  it('doctor and support-bundle look at a service that runs, beside it', async () => {
    const { run, folder } = await running();
    const told = await run('doctor', '--json');
    expect(told.code, told.err).toBe(1);
    const checks: readonly { name: string; verdict: string; text: string }[] = JSON.parse(told.out).checks;
    const of = (name: string) => checks.find((check) => check.name === name);
    expect(of('port')?.text).toMatch(/^an agent of this version answers at /);
    expect(of('other-agent')?.text).toMatch(/^an agent runs on C:\\/);
    expect(of('state')?.text).toMatch(/the database is sound$/);
    expect(of('disk-space')?.text).toMatch(/GiB free for the state \(C:\\.*, .* free for the log \(C:\\/);
    expect(of('powershell')?.text).toContain('[SHELL_MISSING]');
    expect(of('service')).toMatchObject({ verdict: 'unknown' });

    const file = join(folder, 'bundle.zip');
    const bundled = await run('support-bundle', windowsPath(file));
    expect(bundled.code, bundled.err).toBe(0);
    const wanted = ['doctor.txt', 'config.yml', 'state.json', 'logs/agent.log', 'logs/service-host.log'];
    expect([...unzip(readFileSync(file)).keys()]).toEqual(expect.arrayContaining(wanted));
  });

  it.each(definitions())('the definition for %s in docs/check.md asks the agent', async (_, line) => {
    const { url } = await running();
    const here = line.replaceAll('C:\\Program Files\\hyperv-checkpoint-agent', installed());
    const answered = await created(`${here} --url ${url}`);
    expect(answered.code, answered.err).toBe(3);
    expect(answered.out).toMatch(/^CHECKPOINTS UNKNOWN - .* not read/);
  });

  it('a monitoring agent does not find the command without its .cmd, as docs/check.md says', async () => {
    expect(await created(`"${installed()}\\bin\\checkpoint-agent" check`)).toMatchObject({
      code: 99,
      out: '',
    });
  });

  it.skipIf(WINDOWS_POWERSHELL === null)('the command answers in a window of PowerShell', async () => {
    placeWindowsPowerShell(WINDOWS_POWERSHELL ?? '');
    const { url } = await running();
    const words = `.\\checkpoint-agent.cmd check --url ${url}; exit $LASTEXITCODE`;
    const line = `powershell -NoProfile -NonInteractive -Command "${words}"`;
    const answered = await wine.type(join(dirname(program.host), 'bin'), line);
    expect(answered.out, answered.err).toMatch(/^CHECKPOINTS UNKNOWN - .* not read/);
    expect(answered.code).toBe(3);
  });

  it('service install takes nothing else for its script', async () => {
    expect(await wine.run(program.node, windowsPath(program.agent), 'service', 'install')).toMatchObject({
      code: 1,
      err: expect.stringContaining('install.ps1 is not beside this program'),
    });
  });
});

/** How monitoring agents start the check: the lines for NSClient++, and the words for Icinga put into one. */
function definitions(): readonly (readonly [name: string, line: string])[] {
  const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'check.md'), 'utf8');
  const lines = [...page.matchAll(/^check_hyperv_checkpoints = (.*)$/gm)].map(([, line]) => line ?? '');
  const [, words = ''] = /command = (\[[^\]]*"C:[^\]]*\])/.exec(page) ?? [];
  const icinga = JSON.parse(words)
    .map((word: string) => `"${word}"`)
    .join(' ');
  const [byNode = '', byCmd = ''] = lines;
  return [
    ['NSClient++', byNode],
    ['NSClient++ through cmd.exe', byCmd],
    ['Icinga 2', icinga],
  ];
}
