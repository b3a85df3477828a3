import { type DoctorCheck, ok, unknown, warning, whenKnown } from '../check.ts';

/** Set by Group Policy; nothing on a command line overrides them. */
const OF_GROUP_POLICY: ReadonlySet<string> = new Set(['MachinePolicy', 'UserPolicy']);
/** Under these Windows runs no script that is not signed by somebody it trusts. */
const STRICT: ReadonlySet<string> = new Set(['Restricted', 'AllSigned']);

export const EXECUTION_POLICY: DoctorCheck = {
  name: 'execution-policy',
  looksAt: "PowerShell's execution policies in every scope, and whether Group Policy sets one",
  minds:
    'A warning when Group Policy allows no scripts or signed ones only. The agent hands its script over without a file, which no policy forbids; setup and modules are files.',
  isForWindows: true,
  judge: ({ shell }) =>
    whenKnown(shell, ({ policies }) => {
      if (policies === null) return unknown('PowerShell did not tell');
      const set = policies.filter(({ policy }) => policy !== 'Undefined');
      const text = set.map(({ scope, policy }) => `${scope} ${policy}`).join(', ');
      const strict = set.find(({ scope }) => OF_GROUP_POLICY.has(scope));
      if (strict !== undefined && STRICT.has(strict.policy)) {
        return warning(
          `Group Policy sets ${strict.policy} (${text})`,
          'Reading goes on if the check "reading" is ok. install.ps1 and uninstall.ps1 do not run under it: sign them, or let Group Policy allow RemoteSigned while they do.',
        );
      }
      return ok(text === '' ? 'none is set' : text);
    }),
};
