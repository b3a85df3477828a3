/** Variables that PowerShell, .NET or the modules need. Everything else, secrets above all, stays with the agent. */
const WINDOWS_NAMES = [
  'ALLUSERSPROFILE',
  'APPDATA',
  'COMMONPROGRAMFILES',
  'COMMONPROGRAMFILES(X86)',
  'COMMONPROGRAMW6432',
  'COMPUTERNAME',
  'COMSPEC',
  'HOMEDRIVE',
  'HOMEPATH',
  'LOCALAPPDATA',
  'LOGONSERVER',
  'NUMBER_OF_PROCESSORS',
  'OS',
  'PATH',
  'PATHEXT',
  'PROCESSOR_ARCHITECTURE',
  'PROGRAMDATA',
  'PROGRAMFILES',
  'PROGRAMFILES(X86)',
  'PROGRAMW6432',
  'PUBLIC',
  'SYSTEMDRIVE',
  'SYSTEMROOT',
  'TEMP',
  'TMP',
  'USERDNSDOMAIN',
  'USERDOMAIN',
  'USERNAME',
  'USERPROFILE',
  'WINDIR',
] as const;
const POSIX_NAMES = ['HOME', 'LANG', 'LOGNAME', 'PATH', 'PSMODULEPATH', 'TMPDIR', 'TZ', 'USER'] as const;
const PREFIXES = ['DOTNET_', 'COMPLUS_', 'LC_', 'XDG_'] as const;

/**
 * The environment of the child process: an allow-list of the agent's own.
 * On Windows PSModulePath is left out: one inherited from PowerShell 7 would break Windows PowerShell, which makes up its own.
 */
export function childEnvironment(
  parent: Readonly<Record<string, string | undefined>>,
  platform: string,
): Readonly<Record<string, string>> {
  const names = new Set<string>(platform === 'win32' ? WINDOWS_NAMES : POSIX_NAMES);
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(parent)) {
    const upper = name.toUpperCase();
    if (value === undefined) continue;
    if (names.has(upper) || PREFIXES.some((prefix) => upper.startsWith(prefix))) env[name] = value;
  }
  return {
    ...env,
    // Without these, colours and cursor codes are written even into a pipe.
    TERM: 'dumb',
    NO_COLOR: '1',
    POWERSHELL_TELEMETRY_OPTOUT: '1',
    POWERSHELL_UPDATECHECK: 'Off',
  };
}
