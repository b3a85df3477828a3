import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { SEVERITIES } from '../core/severity.ts';
import { VERSION } from '../version.ts';
import { addDoctor } from './doctor-command.ts';
import { addExplain } from './explain-command.ts';
import type { CliIo } from './io.ts';
import { placesText } from './places.ts';
import { addService } from './service-command.ts';
import { addSupportBundle } from './support-command.ts';
import { addVmQuestions } from './vm-questions.ts';

export const EXIT_USAGE = 2;

/** Runs a command line. Everything a command needs beyond its options is loaded when it is used. Resolves to the exit code. */
export async function runCommand(argv: readonly string[], io: CliIo): Promise<number> {
  let exitCode = 0;
  const done = (code: number): void => {
    exitCode = code;
  };
  const program = buildProgram(io, done);
  try {
    if (argv.length === 0) {
      io.stderr.write(program.helpInformation());
      return EXIT_USAGE;
    }
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : EXIT_USAGE;
  }
}

/** The command table; also what docs/cli.md is made from. */
export function buildProgram(io: CliIo, done: (exitCode: number) => void): Command {
  const program = new Command('checkpoint-agent')
    .description('Watches Hyper-V for checkpoints that outlive their usefulness. It only reads.')
    .version(VERSION, '-V, --version', 'print the version')
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.stdout.write(text), writeErr: (text) => io.stderr.write(text) })
    .showSuggestionAfterError()
    .showHelpAfterError('Add --help for what is possible.');
  addRun(program, io, done);
  addScan(program, io, done);
  addCheck(program, io, done);
  addExplain({ program, io, done });
  addVmQuestions({ program, io, done, configOption });
  addCapture(program, io, done);
  addConfig(program, io, done);
  addService({ program, io, done });
  addDoctor({ program, io, done, configOption, stateDirOption });
  addSupportBundle({ program, io, done, configOption, stateDirOption });
  addDemo(program, io, done);
  program
    .command('version')
    .description('print the version of the agent and of Node.js')
    .action(() => io.stdout.write(`checkpoint-agent ${VERSION}, Node.js ${process.versions.node}\n`));
  return program;
}

const configOption = () =>
  new Option(
    '-c, --config <file>',
    'configuration file (default: the one for this machine; none means the defaults)',
  );
const stateDirOption = () =>
  new Option(
    '--state-dir <folder>',
    'where alerts and unsent mails are kept (default: the place for this machine)',
  );

interface RunFlags {
  readonly config?: string;
  readonly stateDir?: string;
  readonly logFile?: string;
  readonly stopOnStdinEnd?: boolean;
}

function addRun(program: Command, io: CliIo, done: (exitCode: number) => void): void {
  program
    .command('run')
    .description('scan on schedule, serve metrics and status, send mails, until stopped')
    .addOption(configOption())
    .addOption(stateDirOption())
    .option(
      '--log-file <file>',
      'where the log goes; "-" is standard error (default: log.file of the configuration)',
    )
    .option('--stop-on-stdin-end', 'stop when standard input ends, as a service host asks')
    .addHelpText('after', () => `\n${placesText(io)}`)
    .action(async (options: RunFlags) => {
      const { run } = await import('./run.ts');
      const { config = null, stateDir = null, logFile = null, stopOnStdinEnd = false } = options;
      done(await run({ config, stateDir, logFile, stopOnStdinEnd }, io));
    });
}

interface ScanFlags {
  readonly config?: string;
  readonly vm?: readonly string[];
  readonly host?: readonly string[];
  readonly json?: true;
  readonly csv?: true;
  readonly tree?: true;
  readonly fromFile?: string;
  readonly try?: string;
  readonly failOn?: (typeof SEVERITIES)[number];
}

function addScan(program: Command, io: CliIo, done: (exitCode: number) => void): void {
  program
    .command('scan')
    .description('read the host once and show what was found')
    .addOption(configOption())
    .option('--vm <pattern>', 'only VMs with this name or id; * and ?; may be repeated', collect)
    .option('--host <pattern>', 'only hosts with this name; * and ?; may be repeated', collect)
    .addOption(new Option('--json', 'as JSON').conflicts(['csv', 'tree']))
    .addOption(new Option('--csv', 'as CSV, a line for each checkpoint').conflicts(['tree']))
    .addOption(new Option('--tree', 'each VM with its checkpoints as a tree'))
    .option('--from-file <report>', 'show a report that "capture" wrote instead of reading the host')
    .addOption(
      new Option(
        '--try <file>',
        'show what another configuration would find otherwise; only what judges is used of it',
      ).conflicts(['csv', 'tree']),
    )
    .addOption(
      new Option(
        '--fail-on <severity>',
        'exit with 4 when something this severe is found, with 1 when it may hide in what was not looked at',
      ).choices(SEVERITIES),
    )
    .action(async (flags: ScanFlags) => {
      const { config = null, vm = [], host = [], fromFile = null, failOn = null } = flags;
      const format = flags.json ? 'json' : flags.csv ? 'csv' : flags.tree ? 'tree' : 'table';
      const request = { config, fromFile, vm, host, format, failOn } as const;
      if (flags.try !== undefined) {
        const { scanTry } = await import('./scan-try.ts');
        done(await scanTry(flags.try, request, io));
        return;
      }
      const { scan } = await import('./scan.ts');
      done(await scan(request, io));
    });
}

function addCheck(program: Command, io: CliIo, done: (exitCode: number) => void): void {
  // Normally main.ts hands the command over before this table is loaded.
  program
    .command('check')
    .description('answer a monitoring system, as a Nagios plugin (own options: check --help)')
    .allowUnknownOption()
    .helpOption(false)
    .argument('[arguments...]')
    .action(async (rest: readonly string[]) => {
      const { check } = await import('./check.ts');
      done(await check(rest, io));
    });
}

function addCapture(program: Command, io: CliIo, done: (exitCode: number) => void): void {
  program
    .command('capture')
    .description(
      'read the host once and write the report to a file, for "scan --from-file" or for a bug report',
    )
    .argument('<file>', 'where to write it')
    .addOption(configOption())
    .option('--anonymise', 'replace names, notes and paths consistently')
    .option('--force', 'replace an existing file')
    .action(async (file: string, options: { config?: string; anonymise?: true; force?: true }) => {
      const { capture } = await import('./capture.ts');
      const { config = null, anonymise = false, force = false } = options;
      done(await capture({ file, config, anonymise, force }, io));
    });
}

interface ShowFlags {
  readonly config?: string;
  readonly vm?: string;
  readonly host?: string;
  readonly tag?: readonly string[];
  readonly rule?: string;
}

interface InitFlags {
  readonly config?: string;
  readonly force?: true;
  readonly stdout?: true;
  readonly fromScan?: true;
  readonly fromFile?: string;
}

function addConfig(program: Command, io: CliIo, done: (exitCode: number) => void): void {
  const config = program.command('config').description('check, show or start a configuration');
  config
    .command('check')
    .description('say what is wrong with the configuration; exit code 78 when something is')
    .addOption(configOption())
    .option('--from-file <report>', 'also say which patterns match nothing of a report that "capture" wrote')
    .action(async ({ config = null, fromFile }: { config?: string | null; fromFile?: string }) => {
      if (fromFile !== undefined) {
        const { configCheckReport } = await import('./config-check-report.ts');
        done(await configCheckReport({ config, fromFile }, io));
        return;
      }
      const { configCheck } = await import('./config.ts');
      done(configCheck({ config }, io));
    });
  config
    .command('show')
    .description('print the effective configuration, with defaults marked and secrets hidden')
    .addOption(configOption())
    .option('--vm <name>', 'what holds for this VM instead, and which line says so')
    .option('--host <name>', 'with --vm: the host it is on (default: the one that is watched)')
    .option('--tag <tag>', 'with --vm: a tag of its notes; may be repeated', collect)
    .option('--rule <rule>', 'with --vm: this rule alone')
    .action(async (flags: ShowFlags, command: Command) => {
      const { configShow, configShowVm } = await import('./config.ts');
      const { config = null, vm, host = null, tag, rule = null } = flags;
      if (vm !== undefined) {
        done(configShowVm({ config, name: vm, host, tags: tag ?? [], rule }, io));
        return;
      }
      if (host !== null || tag !== undefined || rule !== null) {
        command.error('error: --host, --tag and --rule go with --vm');
      }
      done(configShow({ config }, io));
    });
  config
    .command('init')
    .description('write a commented configuration to start from')
    .addOption(configOption())
    .option('--force', 'replace an existing file')
    .option('--stdout', 'print it instead of writing a file')
    .addOption(
      new Option('--from-scan', 'with proposals made from what is on this host').conflicts('fromFile'),
    )
    .option('--from-file <report>', 'with proposals made from a report that "capture" wrote')
    .action(async (flags: InitFlags) => {
      const { config = null, force = false, stdout = false, fromFile = null } = flags;
      if (flags.fromScan === true || fromFile !== null) {
        const { configPropose } = await import('./config-propose.ts');
        done(await configPropose({ config, force, stdout, fromFile }, io));
        return;
      }
      const { configInit } = await import('./config.ts');
      done(configInit({ config, force, stdout }, io));
    });
  config
    .command('schema')
    .description('print the JSON Schema of the configuration, for editors')
    .action(async () => {
      const { configSchema } = await import('./config.ts');
      done(configSchema(io));
    });
}

function addDemo(program: Command, io: CliIo, done: (exitCode: number) => void): void {
  program
    .command('demo')
    .description('run the whole agent on a built-in fleet whose clock runs fast')
    .option('--port <number>', 'port of the page and the metrics', port, 9753)
    .addOption(
      // Said as it is typed, without the quotes of JSON.
      new Option('--mail-folder <folder>', 'where mails are written').default('demo-mail', 'demo-mail'),
    )
    .option('--hours-per-second <number>', 'how fast time passes', positive, 1)
    .action(async (options: { port: number; mailFolder: string; hoursPerSecond: number }) => {
      const { demo } = await import('./demo.ts');
      done(await demo(options, io));
    });
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

function port(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= 65_535) return value;
  throw new InvalidArgumentError('Expected a port from 0 to 65535.');
}

function positive(text: string): number {
  const value = Number(text);
  if (value > 0 && value <= 24) return value;
  throw new InvalidArgumentError('Expected a number above 0 and up to 24.');
}
