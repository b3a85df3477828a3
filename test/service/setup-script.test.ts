import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { PWSH, setupFiles } from './machine.ts';
import { checkSetup, checkSetupText, commandsOf, readScript, signaturesOf } from './setup-check.ts';

const SCRIPTS = ['install.ps1', 'uninstall.ps1'];
const FILES = [...SCRIPTS, 'msi.ps1', ...setupFiles()];

describe('the scripts of the setup', () => {
  test.each(FILES)(
    '%s is ASCII, in the syntax of Windows PowerShell 5.1, and does only what is written down',
    async (name) => {
      expect(await checkSetup(name)).toEqual([]);
    },
  );

  test.each(FILES)('%s has Unix line endings, so that its checksum is the same everywhere', (name) => {
    expect(readScript(name)).not.toContain('\r');
  });

  it('install.ps1 can come to use these commands, and no other', async () => {
    expect(await commandsOf('install.ps1')).toEqual([
      ...[
        'Add-LocalGroupMember',
        'Copy-Item',
        'ForEach-Object',
        'Get-Acl',
        'Get-ChildItem',
        'Get-Content',
        'Get-FileHash',
      ],
      ...['Get-Item', 'Get-LocalGroup', 'Get-LocalGroupMember', 'Get-NetFirewallAddressFilter'],
      ...[
        'Get-NetFirewallApplicationFilter',
        'Get-NetFirewallPortFilter',
        'Get-NetFirewallRule',
        'Get-NetTCPConnection',
      ],
      ...[
        'Get-Process',
        'Get-Service',
        'Move-Item',
        'New-Item',
        'New-ItemProperty',
        'New-NetFirewallRule',
        'New-Object',
        'Remove-Item',
      ],
      ...[
        'Remove-LocalGroupMember',
        'Remove-NetFirewallRule',
        'Rename-Item',
        'Select-Object',
        'Set-Acl',
        'Set-Content',
      ],
      ...[
        'Set-NetFirewallRule',
        'Set-StrictMode',
        'Sort-Object',
        'Split-Path',
        'Start-Sleep',
        'Test-Path',
        'Unblock-File',
      ],
      ...['Where-Object', 'Write-Information', 'Write-Output'],
    ]);
  });

  it('uninstall.ps1 can come to use these commands, and no other', async () => {
    expect(await commandsOf('uninstall.ps1')).toEqual([
      ...[
        'Get-ChildItem',
        'Get-Item',
        'Get-LocalGroup',
        'Get-LocalGroupMember',
        'Get-NetFirewallRule',
        'Get-Process',
        'Get-Service',
      ],
      ...['New-Item', 'New-ItemProperty', 'New-Object', 'Remove-Item', 'Remove-LocalGroupMember'],
      ...[
        'Remove-NetFirewallRule',
        'Rename-Item',
        'Select-Object',
        'Set-Location',
        'Set-StrictMode',
        'Sort-Object',
        'Split-Path',
        'Start-Sleep',
        'Test-Path',
      ],
      ...['Where-Object', 'Write-Information', 'Write-Output'],
    ]);
  });

  it('what could touch a VM is not among them', async () => {
    expect(await checkSetupText("Hyper-V\\Remove-VMSnapshot -Name 'x'")).toEqual([
      'line 1: command Hyper-V\\Remove-VMSnapshot',
    ]);
    expect(await checkSetupText('Stop-VM x')).toEqual(['line 1: command Stop-VM']);
    expect(await checkSetupText('Invoke-Expression $x')).toEqual(['line 1: command Invoke-Expression']);
    expect(await checkSetupText('& "$x"')).toEqual(['line 1: invokes & "$x"']);
  });

  it.each(SCRIPTS)('%s explains each of its parameters, all exit codes, and shows how to call it', (name) => {
    const script = readScript(name);
    const [, help = ''] = /^<#(.*?)^#>/ms.exec(script) ?? [];
    const [, declared = ''] = /^param\((.*?)^\)/ms.exec(script) ?? [];
    const parameters = [...declared.matchAll(/^ {4}\[(?:string|switch|int)[^\]]*\](?:\])?\$(\w+)/gm)].map(
      ([, found]) => found,
    );
    expect(parameters.length).toBeGreaterThan(3);
    expect([...help.matchAll(/^\.PARAMETER (\w+)$/gm)].map(([, found]) => found)).toEqual(parameters);
    expect([...help.matchAll(/^ {6}(\d) {2}\S/gm)].map(([, code]) => code)).toEqual(['0', '1', '2', '3']);
    expect(help).toContain('.EXAMPLE');
  });

  it('has the exit codes of the scripts in the guide, in the same words', () => {
    const guide = readFileSync('docs/install.md', 'utf8');
    expect([...guide.matchAll(/^\| ([0-9]) \| /gm)].map(([, code]) => code)).toEqual(['0', '1', '2', '3']);
    for (const name of SCRIPTS) {
      const [, help = ''] = /^<#(.*?)^#>/ms.exec(readScript(name)) ?? [];
      for (const [, parameter] of help.matchAll(/^\.PARAMETER (\w+)$/gm))
        expect(guide).toContain(`-${parameter}`);
    }
  });

  it('is called in the guide so that a script from a downloaded archive runs, and errors are seen', () => {
    const guide = readFileSync('docs/install.md', 'utf8');
    const calls = guide
      .split('\n')
      .filter((line) => /install\.ps1 -|install\.ps1$/.test(line.split('`')[0] ?? ''));
    expect(calls.length).toBeGreaterThan(4);
    for (const call of calls) expect(call).toContain('-ExecutionPolicy Bypass -File');
    expect(guide).not.toContain('SilentlyContinue');
  });

  it('is tested with a pretended Windows that has the functions of the real one', async () => {
    const [real, pretended] = [
      await signaturesOf(readScript('setup/windows.ps1')),
      await signaturesOf(readFileSync(join(import.meta.dirname, 'stand-in', 'windows.ps1'), 'utf8')),
    ];
    expect(pretended).toEqual(expect.arrayContaining([...real]));
  });
});

const hasAnalyzer =
  PWSH !== null &&
  spawnSync(PWSH, [
    '-NoProfile',
    '-Command',
    'exit [int]($null -eq (Get-Module -ListAvailable PSScriptAnalyzer))',
  ]).status === 0;

describe.skipIf(!hasAnalyzer)('PSScriptAnalyzer', () => {
  it('finds no fault with the scripts of the setup', { timeout: 120_000 }, () => {
    const settings = join(import.meta.dirname, 'analyzer.psd1');
    const command = `
      '${FILES.join("','")}' | ForEach-Object {
        Invoke-ScriptAnalyzer -Path "service/$_" -Settings '${settings}' |
          ForEach-Object { "$($_.ScriptName):$($_.Line) $($_.RuleName): $($_.Message)" } }`;
    const out = execFileSync(PWSH ?? '', ['-NoProfile', '-NonInteractive', '-Command', command], {
      encoding: 'utf8',
      env: { ...process.env, TERM: 'dumb' },
    });
    expect(out).toBe('');
  });
});
