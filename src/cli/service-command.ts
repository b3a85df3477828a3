import { InvalidArgumentError, Option } from 'commander';
import { HOUR_MS, parseDuration } from '../core/units.ts';
import type { CommandTable } from './command-table.ts';

type Commands = Pick<CommandTable, 'program' | 'io' | 'done'>;

interface InstallFlags {
  readonly name: string;
  readonly installDir?: string;
  readonly dataDir?: string;
  readonly account?: string;
  readonly configFile?: string;
  readonly listenAddress?: string;
  readonly listenPort?: number;
  readonly firewall?: true;
  readonly remoteAddress?: readonly string[];
  readonly start: boolean;
  readonly path: boolean;
  readonly force?: true;
  readonly whatIf?: true;
}

/** `service`: everything about the Windows service. */
export function addService({ program, io, done }: Commands): void {
  const service = program.command('service').description('the Windows service of the agent');
  const commands = { program: service, io, done };
  addInstall(commands);
  addUninstall(commands);
  addStartStop(commands);
  service
    .command('status')
    .description('say how the service is, and its agent; exit code 0 it runs, 3 it does not or is not there')
    .addOption(nameOption())
    .option('--json', 'as JSON')
    .action(async ({ name, json = false }: { name: string; json?: boolean }) => {
      const { serviceStatus } = await import('./service/status.ts');
      done(await serviceStatus({ name, json }, io));
    });
}

function addInstall({ program, io, done }: Commands): void {
  program
    .command('install')
    .description(
      'install or update the service by install.ps1, which lies beside the program; exit code 0 done, 1 failed, 2 refused, 3 done but something is left to do',
    )
    .addOption(nameOption())
    .option('--install-dir <folder>', 'folder of the program', plainValue)
    .option('--data-dir <folder>', 'folder of configuration, database and logs', plainValue)
    .option('--account <account>', 'Virtual, LocalSystem, or DOMAIN\\name$', plainValue)
    .option('--config-file <file>', 'configuration to begin with', plainValue)
    .option('--listen-address <address>', 'where to listen, for a new configuration', plainValue)
    .option('--listen-port <number>', 'its port', port)
    .option('--firewall', 'let others in by a rule of Windows Firewall')
    .option('--remote-address <address>', 'who may come in; may be repeated', collect)
    .option('--no-start', 'leave the service stopped')
    .option('--no-path', 'leave the PATH of the machine as it is')
    .option('--force', 'go on where it would refuse for caution')
    .option('--what-if', 'say what would be done, and do none of it')
    .action(async (flags: InstallFlags) => {
      const { serviceInstall } = await import('./service/setup.ts');
      const { name, installDir = null, dataDir = null, account = null, configFile = null } = flags;
      const { listenAddress = null, listenPort = null, firewall = false, remoteAddress = [] } = flags;
      const { force = false, whatIf = false } = flags;
      const folders = { name, installDir, dataDir, account, configFile };
      const network = { listenAddress, listenPort, firewall, remoteAddress };
      const switches = { noStart: !flags.start, noPath: !flags.path, force, whatIf };
      done(await serviceInstall({ ...folders, ...network, ...switches }, io));
    });
}

interface UninstallFlags {
  readonly name: string;
  readonly installDir?: string;
  readonly dataDir?: string;
  readonly purge?: true;
  readonly whatIf?: true;
}

function addUninstall({ program, io, done }: Commands): void {
  program
    .command('uninstall')
    .description(
      'remove the service and the program by uninstall.ps1; configuration, database and logs stay; exit codes as of install',
    )
    .addOption(nameOption())
    .option(
      '--install-dir <folder>',
      'folder of the program (default: where the service says it is)',
      plainValue,
    )
    .option('--data-dir <folder>', 'folder of the data (default: where the service says it is)', plainValue)
    .option('--purge', 'remove configuration, database and logs as well')
    .option('--what-if', 'say what would be removed, and remove nothing')
    .action(async (flags: UninstallFlags) => {
      const { serviceUninstall } = await import('./service/setup.ts');
      const { name, installDir = null, dataDir = null, purge = false, whatIf = false } = flags;
      done(await serviceUninstall({ name, installDir, dataDir, purge, whatIf }, io));
    });
}

const USUAL_WAIT_MS = 90_000;

function addStartStop({ program, io, done }: Commands): void {
  const waitOption = () =>
    new Option('--wait <time>', 'how long it may take (default: 90s)').argParser(waitTime);
  program
    .command('start')
    .description('start the service and wait until it runs; exit code 1 when it does not')
    .addOption(nameOption())
    .addOption(waitOption())
    .action(async ({ name, wait = USUAL_WAIT_MS }: { name: string; wait?: number }) => {
      const { serviceStart } = await import('./service/start-stop.ts');
      done(await serviceStart({ name, waitMs: wait }, io));
    });
  program
    .command('stop')
    .description('stop the service and wait until it has; exit code 1 when it has not')
    .addOption(nameOption())
    .addOption(waitOption())
    .action(async ({ name, wait = USUAL_WAIT_MS }: { name: string; wait?: number }) => {
      const { serviceStop } = await import('./service/start-stop.ts');
      done(await serviceStop({ name, waitMs: wait }, io));
    });
}

export const nameOption = () =>
  new Option('--name <service>', 'name of the service')
    .argParser(serviceName)
    .default('hyperv-checkpoint-agent', 'hyperv-checkpoint-agent');

/** As install.ps1 has it. */
function serviceName(text: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/.test(text)) return text;
  throw new InvalidArgumentError('Expected letters, digits, dots, hyphens and underscores, 80 at most.');
}

/** What begins with a hyphen would be the next parameter to PowerShell, and a quote can be in no path. */
function plainValue(text: string): string {
  if (text !== '' && !/^[-–—―]|["\u0000-\u001f]/.test(text)) return text;
  throw new InvalidArgumentError('Expected a text that begins with no hyphen and holds no quotation mark.');
}

function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, plainValue(text)];
}

function port(text: string): number {
  const value = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (value > 0 && value <= 65_535) return value;
  throw new InvalidArgumentError('Expected a port from 1 to 65535.');
}

function waitTime(text: string): number {
  const ms = parseDuration(text);
  if (ms !== null && ms <= HOUR_MS) return ms;
  throw new InvalidArgumentError('Expected a time such as 30s or 5m, 1h at most.');
}
