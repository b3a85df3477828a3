import { msiVersion, UPGRADE_CODE } from './msi-source.ts';

/** Properties that whoever installs may give, as `msiexec /i … NAME=VALUE`. */
const INSTALL_PROPERTIES = [
  'CONFIG_FILE',
  'LISTEN_ADDR',
  'LISTEN_PORT',
  'SERVICE_ACCOUNT',
  'FIREWALL',
  'REMOTE_ADDR',
  'START',
] as const;
const UNINSTALL_PROPERTIES = ['PURGE'] as const;
/** What AppSearch has found. */
const FOUND_PROPERTIES = ['SERVICE_BEFORE', 'WINDOWS_BUILD'] as const;

/** A program in a folder, run by the installer itself with its rights, once the files are where they belong. */
const DEFERRED_AS_SYSTEM = 34 + 1024 + 2048;
const GOES_ON_WHEN_IT_FAILS = 64;
/** Only when a later action fails, or somebody cancels. */
const WHEN_TAKEN_BACK = 256;

/** Attributes of an entry of `Upgrade`. */
const MIGRATES_FEATURES = 1;
const INCLUDES_MAXIMUM = 512;

/** What wixl cannot write, as statements for msibuild. */
export function tableStatements(version: string): readonly string[] {
  const secure = [...INSTALL_PROPERTIES, ...UNINSTALL_PROPERTIES, ...FOUND_PROPERTIES].join(';');
  return [
    // Handed on from the one who asks to the service that installs. It searches only where no window has done so.
    `UPDATE \`Property\` SET \`Value\`='WIX_DOWNGRADE_DETECTED;WIX_UPGRADE_DETECTED;${secure}' WHERE \`Property\`='SecureCustomProperties'`,
    // Within the transaction: when the new version fails, the one before is put back.
    "UPDATE `InstallExecuteSequence` SET `Sequence`=1501 WHERE `Action`='RemoveExistingProducts'",
    // Up to this very version: 1.0.0-rc.1 and 1.0.0 are the same to Windows Installer. What wixl wrote is a key, which
    // cannot be updated.
    "DELETE FROM `Upgrade` WHERE `ActionProperty`='WIX_UPGRADE_DETECTED'",
    `INSERT INTO \`Upgrade\` (\`UpgradeCode\`, \`VersionMax\`, \`Attributes\`, \`ActionProperty\`) VALUES ('{${UPGRADE_CODE}}', '${msiVersion(version)}', ${MIGRATES_FEATURES + INCLUDES_MAXIMUM}, 'WIX_UPGRADE_DETECTED')`,
    action('SetUp', DEFERRED_AS_SYSTEM, commandLine('Install', INSTALL_PROPERTIES)),
    action(
      'TakeDown',
      DEFERRED_AS_SYSTEM + GOES_ON_WHEN_IT_FAILS,
      commandLine('Uninstall', UNINSTALL_PROPERTIES),
    ),
    action(
      'TakeBack',
      DEFERRED_AS_SYSTEM + WHEN_TAKEN_BACK + GOES_ON_WHEN_IT_FAILS,
      commandLine('TakeBack', ['SERVICE_BEFORE']),
    ),
    // Anybody may start a repair: no property reaches the script then.
    action('Repair', DEFERRED_AS_SYSTEM, commandLine('Repair', [])),
    // Last, so that little can fail after it. What fails in it, it takes back itself.
    step('TakeBack', 'NOT Installed', 6499),
    step('SetUp', 'NOT Installed', 6500),
    // The files could be replaced only while the service was stopped.
    step('Repair', 'REINSTALL AND START<>"0"', 6501),
    step('TakeDown', 'REMOVE="ALL" AND NOT UPGRADINGPRODUCTCODE', 2100),
  ];
}

function commandLine(what: string, properties: readonly string[]): string {
  const words = properties.map((name) => `"${name}=[${name}]"`);
  const log = '"LOG_FILE=[WindowsFolder]Logs\\hyperv-checkpoint-agent-setup.log"';
  const shell = '"[System64Folder]WindowsPowerShell\\v1.0\\powershell.exe"';
  const options = '-NoProfile -NonInteractive -ExecutionPolicy Bypass -File "[ProgramFolder]msi.ps1"';
  return [shell, options, what, ...words, log].join(' ');
}

function action(name: string, type: number, target: string): string {
  return `INSERT INTO \`CustomAction\` (\`Action\`, \`Type\`, \`Source\`, \`Target\`) VALUES ('${name}', ${type}, 'System64Folder', '${target}')`;
}

function step(name: string, condition: string, sequence: number): string {
  return `INSERT INTO \`InstallExecuteSequence\` (\`Action\`, \`Condition\`, \`Sequence\`) VALUES ('${name}', '${condition}', ${sequence})`;
}
