import { type CollectError, errorInfo } from '../../collect-error.ts';
import { errorText } from '../../coverage.ts';
import { plainText } from '../../render/plain-text.ts';
import { type DoctorCheck, type Judged, ok, problem, whenKnown } from '../check.ts';

export const POWERSHELL: DoctorCheck = {
  name: 'powershell',
  looksAt: 'whether PowerShell is found, starts and answers, its version, bitness and language mode',
  minds:
    'A problem is one that cannot be started, a 32-bit PowerShell, one older than 5.1, or constrained language mode.',
  isForWindows: false,
  judge: ({ shell, shellError }) =>
    (shellError === null ? null : judgeError(shellError)) ??
    whenKnown(shell, ({ executable, version, is64Bit, languageMode }) => {
      const text = `PowerShell ${version ?? 'of an unknown version'} (${plainText(executable, 300)})`;
      if (languageMode !== null && languageMode !== 'FullLanguage') {
        return problem(
          `${text} runs in ${plainText(languageMode, 40)} mode`,
          "AppLocker or App Control restricts PowerShell for this account. Allow the agent's script by a policy rule, or run the agent under an account the policy exempts.",
        );
      }
      if (is64Bit === false) {
        return problem(
          `${text} is a 32-bit one, which cannot load the Hyper-V module`,
          'Name a 64-bit one in collector.powershell.executable, or name none.',
        );
      }
      if (isOlder(version)) {
        return problem(text, 'Windows PowerShell 5.1 is needed; Windows Server 2016 and newer have it.');
      }
      return ok(text);
    }),
};

/** One that is merely slow, or was not waited for, is not known; elsewhere than on Windows there need be none. */
function judgeError(error: CollectError): Judged | null {
  if (error.code === 'TIMEOUT' || error.code === 'CANCELLED') return null;
  if (error.code === 'PLATFORM_UNSUPPORTED') return ok('none is configured, and this is not Windows');
  return problem(`${plainText(errorText(error), 500)} [${error.code}]`, errorInfo(error.code).advice);
}

function isOlder(version: string | null): boolean {
  const [major = 0, minor = 0] = (version ?? '').split('.').map(Number);
  return version !== null && (major < 5 || (major === 5 && minor < 1));
}
