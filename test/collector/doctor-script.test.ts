import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { askDoctorScript, type DoctorQuestion } from '../../src/collector/doctor-script.ts';
import { createNodePowerShell } from '../../src/collector/node-powershell.ts';
import type { PowerShellRunner } from '../../src/collector/powershell-runner.ts';
import type { Scenario } from '../hyperv/scenario.ts';
import { type Allowed, checkPowerShell } from '../powershell-check.ts';
import { envelopeOf } from './envelope-of.ts';
import { MACHINE, makeExecutables, PWSH } from './shells.ts';
import { prepareStandInShell } from './stand-in-shell.ts';

const read = (name: string): string =>
  readFileSync(new URL(`../../src/collector/${name}`, import.meta.url), 'utf8');
const SCRIPT = read('doctor.ps1');

/** What the script may do. All of it reads. */
const ALLOWED: Allowed = {
  commands: {
    'ConvertFrom-Json': [],
    'ConvertTo-Json': ['-InputObject', '-Depth', '-Compress'],
    'ForEach-Object': [],
    'Get-Acl': ['-LiteralPath'],
    'Get-ExecutionPolicy': ['-List'],
    'Get-Item': ['-LiteralPath'],
    'Get-LocalGroupMember': ['-SID'],
    'Get-Module': ['-ListAvailable', '-Name'],
    'Get-Service': ['-Name'],
    'Get-WinEvent': ['-FilterHashtable', '-MaxEvents'],
    'New-Object': [],
    'Set-StrictMode': ['-Version'],
    'Test-Path': ['-LiteralPath'],
    'Where-Object': [],
  },
  objects: [
    'Security.Cryptography.SHA256CryptoServiceProvider',
    'Security.Principal.NTAccount',
    'Security.Principal.SecurityIdentifier',
    'Security.Principal.WindowsPrincipal',
    'System.Collections.ArrayList',
    'System.IO.Compression.GZipStream',
    'System.IO.MemoryStream',
  ],
  types: [
    ...['[BitConverter]', '[Console]', '[Convert]', '[DateTime]', '[Environment]', '[Text.Encoding]'],
    ...['[Globalization.CultureInfo]', '[IO.Compression.CompressionMode]', '[Security.Cryptography.SHA256]'],
    ...[
      '[Security.Principal.SecurityIdentifier]',
      '[Security.Principal.WindowsIdentity]',
      '[byte[]]',
      '[int]',
      '[object[]]',
      '[ordered]',
      '[regex]',
    ],
    ...['[scriptblock]', '[string]', '[void]'],
  ],
  methods: [
    ...['Add', 'ComputeHash', 'Create', 'Dispose', 'Flush', 'FromBase64String', 'GetBytes', 'GetCurrent'],
    ...['GetString', 'IsInRole', 'Replace', 'Split', 'Substring', 'ToArray', 'ToBase64String'],
    ...['ToLowerInvariant', 'ToString', 'ToUniversalTime', 'Translate', 'Write'],
  ],
  invoked: ['. $stage'],
  assignment: (target) => (/^\$(facts\.\w+|\w+)$/.test(target.trim()) ? null : `sets ${target}`),
};

describe('the script of doctor', () => {
  it('is ASCII, parses, uses the syntax of Windows PowerShell 5.1, and only commands that read', async () => {
    expect(SCRIPT).not.toContain('\r');
    expect(await checkPowerShell(SCRIPT, ALLOWED)).toEqual([]);
  });

  it('answers by the same functions as the script that reads the host', () => {
    const functionsOf = (script: string) =>
      new Map([...script.matchAll(/^function ([\w-]+)[\s\S]*?^}$/gm)].map(([text, name]) => [name, text]));
    const inventory = functionsOf(read('inventory.ps1'));
    const shared = [
      'ConvertTo-Ascii',
      'ConvertTo-Record',
      'Get-Sha256',
      'Write-Envelope',
      'Test-Member',
      'Format-Time',
    ];
    for (const name of [...shared, 'Read-ServiceState']) {
      expect(functionsOf(SCRIPT).get(name)).toBe(inventory.get(name));
    }
  });
});

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
    const missed = asked.ok && asked.answer.problems.map(({ fact }) => fact).slice(-2);
    // A domain controller may be slow, so it is asked when all else is known.
    expect(missed).toEqual(['events', 'serviceAccount']);
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
