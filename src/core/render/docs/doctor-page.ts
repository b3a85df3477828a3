import { DOCTOR_CHECKS } from '../../doctor/index.ts';

/** docs/doctor.md, made from the table of checks. */
export function doctorPage(): string {
  return [
    '# What `doctor` checks',
    '',
    '<!-- Generated from src/core/doctor by "npm run golden". Do not edit. -->',
    '',
    '`checkpoint-agent doctor` looks at everything that keeps the agent from working, and says for each how to mend it. It',
    'changes nothing, and sends no mail. The worst comes first; `--json` says the same as data.',
    '',
    'Run it as the administrator who looks after the agent, with the `--config` and `--state-dir` of the service when that',
    'was given others than the usual ones: the check `service` says so. It may run while the agent does.',
    '',
    '| verdict | means |',
    '| --- | --- |',
    '| problem | something does not work, or will not |',
    '| not known | could not be found out, or not in time (`--timeout`) |',
    '| warning | works, but somebody should look |',
    '| ok | |',
    '',
    'Exit codes: 0 nothing but ok and warnings, 1 a problem or something not known, 78 the configuration is wrong.',
    '',
    '| check | looks at | verdict |',
    '| --- | --- | --- |',
    ...DOCTOR_CHECKS.map(
      ({ name, looksAt, minds, isForWindows }) =>
        `| \`${name}\`${isForWindows ? ' (Windows)' : ''} | ${cell(looksAt)} | ${cell(minds)} |`,
    ),
    '',
    'On other systems those of Windows are not applicable, which is said in one line.',
    '',
    '## What it touches',
    '',
    '- One reading of the host, as the agent makes it, and one more script (`src/collector/powershell/doctor.ps1` and the parts it shares) that only reads.',
    '- The port: whoever listens there is asked for `/api/v1/status`; when nobody does, it is taken and given back at once.',
    '- The state: its lock and its database are opened for reading; of a database that nobody uses a copy is read.',
    '- The mail server: a connection, and a login when one is configured. The password is sent only over a connection that',
    '  mails would take as well.',
    '',
    'For a bug report, `checkpoint-agent support-bundle FILE.zip` puts all of this into a file, with the newest logs and',
    'without secrets; `--anonymise` also replaces names. Look inside before you send it.',
    '',
  ].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
