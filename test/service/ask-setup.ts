import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { POWERSHELL } from '../powershell.ts';

const SETUP = join(import.meta.dirname, '..', '..', 'service', 'setup');

/** One request a line, one answer a line: starting PowerShell takes longer than all of the questions. */
const ANSWER = `
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
foreach ($part in 'say', 'names', 'windows', 'machine', 'service', 'files') { . "${SETUP}/$part.ps1" }
while ($null -ne ($line = [Console]::In.ReadLine())) {
    $request = ConvertFrom-Json $line
    $block = [scriptblock]::Create($request.expression)
    $answers = foreach ($it in @($request.inputs)) {
        try { @{ value = (. $block) } } catch { @{ thrown = [string]$_.Exception.Message } }
    }
    [Console]::Out.WriteLine('answer:' + (ConvertTo-Json -InputObject @($answers) -Depth 6 -Compress))
}
`;

/** What functions of the setup say that need no Windows. */
export interface SetupFunctions {
  /** The value of an expression for each input, which is `$it` in it; a failure is `{ thrown }`. */
  ask(expression: string, inputs: readonly unknown[]): Promise<readonly unknown[]>;
  end(): void;
}

export function startSetupFunctions(): SetupFunctions {
  const folder = mkdtempSync(join(tmpdir(), 'ask-setup-'));
  const script = join(folder, 'answer.ps1');
  writeFileSync(script, ANSWER);
  const child = spawn(POWERSHELL ?? '', ['-NoLogo', '-NoProfile', '-NonInteractive', '-File', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {
      ...process.env,
      TERM: 'dumb',
      SystemRoot: 'C:\\Windows',
      SystemDrive: 'C:',
      ProgramFiles: 'C:\\Program Files',
      ProgramData: 'C:\\ProgramData',
    },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async ask(expression, inputs) {
      child.stdin.write(`${JSON.stringify({ expression, inputs })}\n`);
      for (;;) {
        const { value, done } = await lines.next();
        if (done) throw new Error('PowerShell has ended');
        const [, json] = /answer:(.*)$/.exec(value) ?? [];
        if (json !== undefined) return JSON.parse(json).map(outcomeOf);
      }
    },
    end() {
      child.stdin.end();
      rmSync(folder, { recursive: true });
    },
  };
}

function outcomeOf(answer: { value?: unknown; thrown?: string }): unknown {
  return 'thrown' in answer ? { thrown: answer.thrown } : answer.value;
}
