import { describe, expect, it, test } from 'vitest';
import { loadScript, SCRIPT_NAMES } from '../../src/collector/scripts.ts';
import { checkScript } from './script-check.ts';

describe.each(SCRIPT_NAMES)('the script %s', (name) => {
  it('is ASCII, parses, uses the syntax of Windows PowerShell 5.1, and only commands that read', async () => {
    expect(await checkScript(name, await loadScript(name))).toEqual([]);
  });

  it('has Unix line endings, so that its digest is the same everywhere', async () => {
    expect(await loadScript(name)).not.toContain('\r');
  });
});

const bad: readonly (readonly [what: string, source: string, problem: string])[] = [
  [
    'a command that changes something',
    'Hyper-V\\Remove-VMSnapshot -VM $vm',
    'command Hyper-V\\Remove-VMSnapshot',
  ],
  ['one inside a block', '$vms | ForEach-Object { Stop-VM $_ }', 'command Stop-VM'],
  ['one inside a string', '"a $(Remove-Item x) b"', 'command Remove-Item'],
  ['a Hyper-V command without its module', 'Get-VM', 'command Get-VM'],
  ['an alias', '$x | % { $_ }', 'command %'],
  ['a loop over VM names', 'Hyper-V\\Get-VMSnapshot -VMName x', 'parameter Hyper-V\\Get-VMSnapshot -VMName'],
  [
    'a parameter of PowerShell 7',
    '1 | ForEach-Object -Parallel { $_ }',
    'parameter ForEach-Object -Parallel',
  ],
  [
    'another one',
    'ConvertTo-Json -InputObject 1 -EnumsAsStrings',
    'parameter ConvertTo-Json -EnumsAsStrings',
  ],
  ['a third one', 'ConvertTo-Json -AsArray -InputObject 1', 'parameter ConvertTo-Json -AsArray'],
  ['&&', 'Get-Date && Get-Date', 'pipeline_chain_tail: '],
  ['||', 'Get-Date || Get-Date', 'pipeline_chain_tail: '],
  ['a ternary', '$a = $b ? 1 : 2', 'syntax: '],
  ['??', '$a = $b ?? 1', 'syntax: '],
  ['??=', '$a ??= 1', 'syntax: '],
  ['?.', '$a = $b?.c', 'syntax: '],
  ['a background job', 'Get-Date &', 'syntax: '],
  ['a variable of PowerShell 7', 'if ($IsWindows) { Get-Date }', 'variable $IsWindows'],
  ['a class', 'class A { }', 'class_statement: class A { }'],
  ['a type that is not on the list', '[IO.File]::Delete("x")', 'type [IO.File]'],
  ['a method that is not on the list', '$vm.Delete()', 'method Delete'],
  ['an object that is not on the list', 'New-Object Net.WebClient', 'object Net.WebClient'],
  ['a property of a VM being set', '$vm.Notes = "x"', 'sets $vm.Notes'],
  ['one reached through an entry', '$entry.vm.Notes = "x"', 'sets $entry.vm.Notes'],
  ['one of a checkpoint', '$entry.snapshots[$id].Notes = "x"', 'sets $entry.snapshots[$id].Notes'],
  ['a block from elsewhere', '& $anything', 'invokes & $anything'],
  ['a redirection', 'Get-Date > x', 'redirection: > x'],
  ['a letter that is not ASCII', '# \u00e9', 'not ASCII'],
];

test.each(bad)('the check of the script refuses %s', async (_what, source, problem) => {
  expect((await checkScript('inventory', source)).join('\n')).toContain(problem);
});
