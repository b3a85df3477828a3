import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { POWERSHELL } from '../powershell.ts';

/** Runs one function of the script by itself: who is in which group cannot be pretended outside Windows. */
function isBlind(args: string): string {
  const command = [
    `$script = [System.Management.Automation.Language.Parser]::ParseFile('src/collector/powershell/host.ps1', [ref]$null, [ref]$null)`,
    `$found = $script.Find({ param($node) $node -is [System.Management.Automation.Language.FunctionDefinitionAst] -and $node.Name -eq 'Test-Blind' }, $true)`,
    `. ([ScriptBlock]::Create($found.Extent.Text))`,
    `Test-Blind ${args}`,
  ].join('; ');
  const { stdout } = spawnSync(POWERSHELL ?? '', ['-NoProfile', '-NonInteractive', '-Command', command], {
    encoding: 'utf8',
    env: { ...process.env, TERM: 'dumb', NO_COLOR: '1' },
  });
  return stdout.trim();
}

describe.skipIf(POWERSHELL === null)('an empty list of VMs', () => {
  it.each([
    ['means nothing to an account in neither group', '0 $false $false', 'True'],
    ['is believed of an administrator', '0 $true $false', 'False'],
    ['is believed of a member of Hyper-V Administrators', '0 $false $true', 'False'],
    ['is believed where the groups are not known', '0 $null $null', 'False'],
    ['is not empty when one VM is seen', '1 $false $false', 'False'],
  ])('%s', (_, args, expected) => {
    expect(isBlind(args)).toBe(expected);
  });
});
