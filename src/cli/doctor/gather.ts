import { dirname } from 'node:path';
import { scanIntervalMs } from '../../agent/schedule.ts';
import { fetchReport } from '../../collector/collector.ts';
import type { DoctorAnswer } from '../../collector/doctor-schema.ts';
import type { PowerShellRunner } from '../../collector/powershell-runner.ts';
import { readReport } from '../../collector/report.ts';
import type { Config } from '../../config/config.ts';
import { type LoadedConfig, loadDefaults } from '../../config/load.ts';
import { defaultLogFile, defaultStateDir } from '../../config/paths.ts';
import { readEnv } from '../../config/world.ts';
import type { CollectError } from '../../core/collect-error.ts';
import type {
  ConfigFacts,
  DoctorFacts,
  FileProblem,
  Found,
  ProgramFacts,
  ShellFacts,
} from '../../core/doctor/facts.ts';
import { found, notFound } from '../../core/doctor/facts.ts';
import { isManaged } from '../../core/doctor/managed-account.ts';
import type { HostReport } from '../../core/model.ts';
import { compilePolicy } from '../../core/policy/compile.ts';
import type { Clock } from '../../ports.ts';
import { VERSION } from '../../version.ts';
import type { CliIo } from '../io.ts';
import { systemProgram } from '../service/run-tool.ts';
import { diskFacts, pathFacts, placesOf, stateFacts } from './file-facts.ts';
import { portFacts } from './port-facts.ts';
import { readingFacts, unmatchedFacts } from './reading-facts.ts';
import { type FoundService, serviceFacts } from './service-facts.ts';
import { askShell } from './shell-facts.ts';
import { within } from './within.ts';
import type { DoctorWorld } from './world.ts';

export interface Gathering {
  readonly config: string | null;
  readonly stateDir: string | null;
  readonly service: string;
  /** For each check; the reading has the time that the configuration allows, unless this was asked for. */
  readonly timeoutMs: number;
  readonly isTimeoutGiven: boolean;
  /** Whether the events of the service are wanted. */
  readonly events: boolean;
}

/** The facts, and what else was met on the way to them. */
export interface Gathered {
  readonly facts: DoctorFacts;
  readonly loaded: LoadedConfig;
  /** In force, or the defaults when the configuration is wrong. */
  readonly config: Config;
  readonly stateDir: string;
  readonly logDir: string | null;
  readonly answer: DoctorAnswer | null;
  readonly report: HostReport;
  /** The report as JSON, as PowerShell gave it; `null` when it gave none. */
  readonly raw: string | null;
}

const CONFIG_WRONG = notFound('the configuration has errors');

/** Finds out everything. Never rejects, and takes no longer than the times allowed. */
export async function gather(
  asked: Gathering,
  io: CliIo,
  world: DoctorWorld,
  signal: AbortSignal,
): Promise<Gathered> {
  const { env, platform, cwd } = io;
  const { timeoutMs } = asked;
  const loaded = world.loadConfig({ path: asked.config, env, platform, cwd });
  const config = loaded.ok ? loaded.config : loadDefaults({ env, platform });
  const stateDir = asked.stateDir ?? defaultStateDir(env, platform);
  const limited = <T>(work: (own: AbortSignal) => Promise<T> | T) => within(timeoutMs, signal, work);

  const service = await limited((own) => serviceOf(asked.service, io, world, own));
  const logDir = logDirOf(config, service, { platform, configPath: loaded.path });
  const places = placesOf(loaded.ok ? config : null, { stateDir, logDir });
  const account = service.known ? (service.value?.facts.account ?? null) : null;
  const shellAndReading = askPowerShell({ asked, account, config, places, io, world, signal });
  const state = limited(() => stateFacts(stateDir, platform));
  const disks = limited(() => diskFacts(stateDir, logDir));
  const port = loaded.ok
    ? limited((own) => portFacts(config.web, world, { timeoutMs: Math.min(timeoutMs, 5000), signal: own }))
    : CONFIG_WRONG;
  const mail = mailOf(loaded, world, timeoutMs, signal);
  const { shell, error, answer, report, raw } = await shellAndReading;
  const sddlOf = (path: string): string | null =>
    answer?.accessLists.find((list) => list.path === path)?.sddl ?? null;
  const facts: DoctorFacts = {
    now: world.clock.now(),
    program: programFacts(io, world),
    config: configFacts(loaded, config, stateDir),
    shell,
    shellError: error,
    reading: found(readingFacts(report)),
    unmatched: loaded.ok
      ? found(unmatchedFacts(report, compilePolicy(config.policy), world.clock.now()))
      : CONFIG_WRONG,
    port: await port,
    state: await state,
    paths: await limited(() => pathFacts(places, platform, sddlOf)),
    disks: await disks,
    mail: await mail,
    service: service.known ? found(service.value?.facts ?? null) : service,
  };
  return { facts, loaded, config, stateDir, logDir, answer, report, raw };
}

function programFacts({ env, platform }: CliIo, { node, arch, clock }: DoctorWorld): ProgramFacts {
  return {
    version: VERSION,
    platform,
    arch,
    isEmulated: arch === 'ia32' && readEnv({ env, platform }, 'PROCESSOR_ARCHITEW6432') !== undefined,
    node,
    utcOffsetMin: -new Date(clock.now()).getTimezoneOffset(),
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone ?? null,
  };
}

function configFacts(loaded: LoadedConfig, config: Config, stateDir: string): ConfigFacts {
  const plain = (problems: readonly FileProblem[]): readonly FileProblem[] =>
    problems.map(({ line, path, message }) => ({ line, path, message }));
  return {
    path: loaded.path,
    status: !loaded.ok ? 'wrong' : config.source === null ? 'none' : 'read',
    problems: loaded.ok ? [] : plain(loaded.problems),
    warnings: loaded.ok ? plain(loaded.warnings) : [],
    collectorTimeoutMs: config.collector.timeoutMs,
    scanIntervalMs: scanIntervalMs(config.schedule),
    stateDir,
  };
}

async function serviceOf(
  name: string,
  io: CliIo,
  { run, clock, timers }: DoctorWorld,
  signal: AbortSignal,
): Promise<FoundService | null> {
  if (io.platform !== 'win32') return null;
  return serviceFacts(name, { run, clock, timers, signal, sc: systemProgram(io, 'sc.exe') });
}

/** Where the log is, as far as there is one in a file. */
function logDirOf(
  { log }: Config,
  service: Found<FoundService | null>,
  { platform, configPath }: { readonly platform: string; readonly configPath: string },
): string | null {
  if (log.file !== null) return dirname(log.file);
  const installed = service.known ? service.value : null;
  if (installed?.logDir != null) return installed.logDir;
  return platform === 'win32' ? dirname(defaultLogFile(configPath)) : null;
}

interface AskingPowerShell {
  readonly asked: Gathering;
  /** Of the service. */
  readonly account: string | null;
  readonly config: Config;
  readonly places: readonly { readonly path: string }[];
  readonly io: CliIo;
  readonly world: DoctorWorld;
  readonly signal: AbortSignal;
}

interface FromPowerShell {
  readonly shell: Found<ShellFacts>;
  readonly error: CollectError | null;
  readonly answer: DoctorAnswer | null;
  readonly report: HostReport;
  readonly raw: string | null;
}

/** One after the other, so that the reading takes as long as it takes alone. */
async function askPowerShell(of: AskingPowerShell): Promise<FromPowerShell> {
  const { asked, account, config, places, io, world, signal } = of;
  const { powershell, timeoutMs } = config.collector;
  const machine = { platform: io.platform, arch: world.arch, env: io.env };
  const question = {
    service: asked.service,
    account: account !== null && isManaged(account) ? account : null,
    paths: io.platform === 'win32' ? places.map(({ path }) => path) : [],
    events: asked.events,
    wanted: powershell,
    machine,
    timeoutMs: asked.timeoutMs,
  };
  const shell = await askShell(question, world, signal);
  const limitMs = asked.isTimeoutGiven ? Math.min(asked.timeoutMs, timeoutMs) : timeoutMs;
  const runner = world.createRunner(powershell, machine);
  const reading = await readHost(
    { ...config, collector: { ...config.collector, timeoutMs: limitMs } },
    runner,
    {
      clock: world.clock,
      signal,
    },
  );
  return { ...shell, ...reading };
}

/** As the collector does it; the report as it came is kept, since it can be replayed. */
async function readHost(
  { hosts, collector }: Config,
  runner: PowerShellRunner,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<{ readonly report: HostReport; readonly raw: string | null }> {
  const host = hosts[0] ?? 'localhost';
  const startedMs = clock.monotonicMs();
  const raw = await fetchReport({ runner, config: collector }, signal);
  const durationMs = Math.round(clock.monotonicMs() - startedMs);
  const now = clock.now();
  const failed = (error: CollectError): HostReport => {
    return { status: 'failed', host, failedAt: now, durationMs, error };
  };
  if (!raw.ok) return { report: failed(raw.error), raw: null };
  const read = await readReport(raw.text, { host, readAt: now, durationMs });
  return { report: read.ok ? read.reading : failed(read.error), raw: raw.text };
}

async function mailOf(
  loaded: LoadedConfig,
  { probeSmtp }: DoctorWorld,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<DoctorFacts['mail']> {
  if (!loaded.ok) return CONFIG_WRONG;
  const { mail } = loaded.config;
  if (mail === null) return found(null);
  // It keeps the time itself, and says more about it.
  return within(timeoutMs + 2000, signal, (own) => probeSmtp(mail.smtp, timeoutMs, own));
}
