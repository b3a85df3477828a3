import type { PowerShellJob } from './powershell-runner.ts';

/** What a PowerShell in constrained language mode prints instead of running the script. */
export const CONSTRAINED_SENTINEL = 'HVCP-CONSTRAINED-LANGUAGE';

/**
 * The job as one line of ASCII for `-Command -`, which reads its input line by line.
 * Script, parameters and module path travel as base64, so that nothing in them can be taken for a command.
 */
export function toCommandLine(job: PowerShellJob, modulePath: string | null): string {
  const path = modulePath === null ? '' : `${prependModulePath(modulePath)}; `;
  const script = `& ([ScriptBlock]::Create(${decoded(job.script)})) '${base64(JSON.stringify(job.parameters))}'`;
  // In constrained language mode the decoding is forbidden, but a plain string gets out.
  const constrained = `$ExecutionContext.SessionState.LanguageMode -ne 'FullLanguage'`;
  return `if (${constrained}) { '${CONSTRAINED_SENTINEL}' } else { ${path}${script} }`;
}

function prependModulePath(modulePath: string): string {
  return `$env:PSModulePath = ${decoded(modulePath)} + [IO.Path]::PathSeparator + $env:PSModulePath`;
}

function decoded(text: string): string {
  return `[Text.Encoding]::UTF8.GetString([Convert]::FromBase64String('${base64(text)}'))`;
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
