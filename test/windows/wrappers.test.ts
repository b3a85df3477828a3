import { cpSync, existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { untilShown } from '../acceptance/agent-process.ts';
import { isMissing } from '../peers.ts';
import { until } from '../until.ts';
import { layOutAgentData } from './agent-data.ts';
import { windowsNodeForWine } from './nodes.ts';
import { nssm } from './nssm.ts';
import { windowsPath } from './prefix.ts';
import { type AgentFolder, installAgent } from './program.ts';
import { processesWith } from './service.ts';
import { bootWine, type Wine } from './wine.ts';

const GUIDE = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'service.md'), 'utf8');
const NAME = 'hyperv-checkpoint-agent';

/** What docs/service.md has below a heading, in one kind of block. */
function definition(heading: string, language: string): string {
  const [, section = ''] = GUIDE.split(`### ${heading}\n`);
  const [, text] = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'ms').exec(section) ?? [];
  if (text === undefined) throw new Error(`no ${language} below ${heading}`);
  return text;
}

/** The definitions of docs/service.md for those who have a wrapper of their own. */
describe.skipIf(isMissing('wine64'))('under another wrapper', { timeout: 120_000 }, () => {
  let wine: Wine;
  let program: AgentFolder;
  let made = 0;

  beforeAll(async () => {
    wine = await bootWine();
    const folder = join(wine.home, 'Program Files', 'checkpoint agent');
    program = await installAgent(folder, await windowsNodeForWine());
    cpSync(join(import.meta.dirname, 'create-process.mjs'), join(folder, 'create-process.mjs'));
  }, 600_000);
  afterAll(() => wine?.end(), 60_000);

  const created = (line: string) => {
    const probe = join(dirname(program.node), 'create-process.mjs');
    return wine.run(program.node, windowsPath(probe), line);
  };

  /** Folders for an agent, and definitions that lead to them. */
  const prepare = async () => {
    made += 1;
    const { folder, configPath, stateDir, logDir, url } = await layOutAgentData(
      join(wine.home, `ProgramData${made}`),
    );
    return {
      url,
      log: join(logDir, 'agent.log'),
      output: join(logDir, 'agent-output.log'),
      /** @param quote a quotation mark, as the definition has them */
      here: (text: string, quote: string) => {
        const [config, state] = [windowsPath(configPath), windowsPath(stateDir)];
        const places = `--config ${quote}${config}${quote} --state-dir ${quote}${state}${quote}`;
        return text
          .replaceAll('C:\\Program Files\\hyperv-checkpoint-agent', windowsPath(dirname(program.node)))
          .replaceAll('C:\\ProgramData\\hyperv-checkpoint-agent', windowsPath(folder))
          .replace(' run ', ` run ${places} `);
      },
      processes: () => processesWith(windowsPath(configPath)),
    };
  };

  it('NSSM, the agent starts, answers, and is asked to stop', async () => {
    const { url, log, output, here, processes } = await prepare();
    const programs = { nssm: `"${windowsPath(await nssm())}"`, md: 'cmd /c md' };
    const lines = here(definition('NSSM', 'bat'), '\\"')
      .replaceAll(/^(nssm|md)(?= )/gm, (_, name: keyof typeof programs) => programs[name])
      .trimEnd()
      .split('\n');
    onTestFinished(async () => {
      await wine.run('sc', 'stop', NAME);
      await wine.run('sc', 'delete', NAME);
    });
    for (const line of lines) expect({ line, ...(await created(line)) }).toMatchObject({ line, code: 0 });
    expect((await wine.run('sc', 'start', NAME)).code).toBe(0);
    await untilShown(`${url}/check`, 'CHECKPOINTS UNKNOWN');

    await wine.run('sc', 'stop', NAME);
    await until('it has stopped', () => readFileSync(log, 'utf8').endsWith(' info stopped\n'));
    await until('no process is left', () => processes().length === 0);
    expect(readFileSync(output, 'utf8')).toContain('The log is C:\\');
  });

  it.each([
    ['WinSW', winswLine],
    ['Task Scheduler', taskLine],
  ])('%s, the command line starts an agent that answers and logs', async (_, lineOf) => {
    const { url, log, here, processes } = await prepare();
    const ended = created(here(lineOf(), '"'));
    await untilShown(`${url}/check`, 'CHECKPOINTS UNKNOWN');
    expect(existsSync(log)).toBe(true);
    for (const pid of processes()) process.kill(pid, 'SIGKILL');
    await ended;
  });
});

function winswLine(): string {
  const xml = definition('WinSW', 'xml');
  const of = (element: string): string => new RegExp(`<${element}>(.*)</${element}>`).exec(xml)?.[1] ?? '';
  return `"${of('executable')}" ${of('arguments')}`;
}

function taskLine(): string {
  const script = definition('Task Scheduler', 'powershell');
  const of = (name: string): string => new RegExp(`${name} += ['"](.*)['"]$`, 'm').exec(script)?.[1] ?? '';
  const line = `"${of('Execute')}" ${of('Argument').replaceAll('`"', '"')}`;
  return line.replaceAll('$program', of('\\$program'));
}
