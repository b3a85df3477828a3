import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { askDoctorScript, type DoctorQuestion } from '../../src/collector/doctor-script.ts';
import { createNodePowerShell } from '../../src/collector/node-powershell.ts';
import type { PowerShellRunner } from '../../src/collector/powershell-runner.ts';
import type { Scenario } from '../hyperv/scenario.ts';
import { envelopeOf } from './envelope-of.ts';
import { MACHINE, makeExecutables, PWSH } from './shells.ts';
import { prepareStandInShell } from './stand-in-shell.ts';

const QUESTION: DoctorQuestion = {
  service: 'hyperv-checkpoint-agent',
  account: null,
  paths: [],
  events: false,
};

async function ask(source: string | Scenario, question: Partial<DoctorQuestion> = {}) {
  const shell = await prepareStandInShell(source);
  try {
    const limits = { timeoutMs: 30_000, signal: new AbortController().signal };
    const runner = createNodePowerShell(shell, MACHINE);
    return await askDoctorScript({ ...QUESTION, ...question }, runner, limits);
  } finally {
    await shell.dispose();
  }
}

describe.skipIf(PWSH === null)('the script of doctor in a real PowerShell', () => {
  it('tells what it can, and leaves unknown what this system does not have', async () => {
    const asked = await ask('small-office', {
      account: 'CONTOSO\\gmsa$',
      paths: ['C:\\Data', 'D:\\x y'],
      events: true,
    });
    expect(asked).toMatchObject({
      ok: true,
      answer: {
        x64: true,
        languageMode: 'FullLanguage',
        vmms: 'Running',
        hyperVModule: expect.stringMatching(/^\d+\.\d+/),
        account: { isAdministrator: null, isHyperVAdministrator: null },
        hyperVAdministrators: null,
        serviceAccount: null,
        eventSource: null,
        accessLists: [
          { path: 'C:\\Data', sddl: null },
          { path: 'D:\\x y', sddl: null },
        ],
        events: null,
      },
    });
    expect(asked.ok && asked.answer.policies?.map(({ scope }) => scope)).toContain('MachinePolicy');
    const missed = asked.ok && asked.answer.problems.map(({ fact }) => fact);
    expect(missed).toEqual(expect.arrayContaining(['members', 'serviceAccount', 'events']));
  });

  it('waits once for a directory that does not answer, and tells all else', async () => {
    const modules = await mkdtemp(join(tmpdir(), 'silent-directory-'));
    onTestFinished(() => rm(modules, { recursive: true }));
    await mkdir(join(modules, 'LocalAccounts'));
    const silent = 'function Get-LocalGroupMember { Start-Sleep -Seconds 600 }';
    await writeFile(join(modules, 'LocalAccounts', 'LocalAccounts.psm1'), silent);
    const shell = await prepareStandInShell('small-office');
    onTestFinished(() => shell.dispose());
    const modulePath = `${modules}${delimiter}${shell.modulePath}`;
    const runner = createNodePowerShell({ ...shell, modulePath }, MACHINE);
    const limits = { timeoutMs: 10_000, signal: new AbortController().signal };
    const asked = await askDoctorScript({ ...QUESTION, account: 'CONTOSO\\gmsa$' }, runner, limits);
    expect(asked).toMatchObject({
      ok: true,
      answer: { vmms: 'Running', hyperVAdministrators: null, eventLogReaders: null, serviceAccount: null },
    });
    const missed =
      asked.ok && asked.answer.problems.filter(({ fact }) => fact === 'members' || fact === 'serviceAccount');
    expect(missed).toMatchObject([
      { fact: 'members', id: 'the directory did not answer in time' },
      { fact: 'members', id: 'not asked, for the directory did not answer' },
      { fact: 'serviceAccount', id: 'not asked, for the directory did not answer' },
    ]);
  });

  it('tells a service that is missing from one that has stopped, and that there is no module', async () => {
    expect(await ask('role-missing')).toMatchObject({ answer: { vmms: 'Missing' } });
    expect(await ask('vmms-stopped')).toMatchObject({ answer: { vmms: 'Stopped' } });
    expect(await ask('module-missing')).toMatchObject({ answer: { hyperVModule: '' } });
  });

  it('calls nothing of Hyper-V', async () => {
    const shell = await prepareStandInShell('small-office');
    const limits = { timeoutMs: 30_000, signal: new AbortController().signal };
    await askDoctorScript(QUESTION, createNodePowerShell(shell, MACHINE), limits);
    const calls = await shell.standIn.readCalls();
    await shell.dispose();
    expect([...new Set(calls.map(({ cmdlet }) => cmdlet))]).toEqual(['Get-Service']);
  });

  it('is told apart where the language is constrained', async () => {
    const constrain = `'$ExecutionContext.SessionState.LanguageMode = "ConstrainedLanguage"'`;
    const made = await makeExecutables({ pwsh: `#!/bin/sh\n{ echo ${constrain}; cat; } | "${PWSH}" "$@"\n` });
    const runner = createNodePowerShell({ executable: made.path('pwsh'), modulePath: null }, MACHINE);
    const limits = { timeoutMs: 20_000, signal: new AbortController().signal };
    const asked = await askDoctorScript(QUESTION, runner, limits);
    await made.dispose();
    expect(asked).toMatchObject({ ok: false, error: { code: 'CONSTRAINED_LANGUAGE' } });
  });
});

describe('the answer of the script', () => {
  const runner = (stdout: string): PowerShellRunner => ({
    run: async () => ({ status: 'answered', stdout, stderrTail: '' }),
  });
  const askOf = (stdout: string) =>
    askDoctorScript(QUESTION, runner(stdout), { timeoutMs: 1000, signal: new AbortController().signal });

  it('is refused when it is something else', async () => {
    expect(await askOf(envelopeOf('{"kind":"hyperv.inventory"}'))).toMatchObject({
      error: { code: 'JSON_INVALID' },
    });
    expect(await askOf(envelopeOf('{'))).toMatchObject({ error: { code: 'JSON_INVALID' } });
    expect(await askOf('hello')).toMatchObject({ error: { code: 'EMPTY_ANSWER' } });
  });
});
