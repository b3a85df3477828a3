import { formatInstant } from '../../core/render/instant-text.ts';
import { plainText } from '../../core/render/plain-text.ts';
import { isoJson } from '../../core/render/scan/json.ts';
import { formatAge, SECOND_MS } from '../../core/units.ts';
import { VERSION } from '../../version.ts';
import { type Answering, localUrl } from '../agent-status.ts';
import { DEFAULT_URL } from '../agent-url.ts';
import { untilInterrupted } from '../interrupt.ts';
import type { CliIo } from '../io.ts';
import { namedByCommandLine } from './sc-output.ts';
import { configOfService, queryService, STATE, WINDOWS_ERROR } from './service-control.ts';
import { REAL_SERVICE_WORLD, type ServiceWorld, scWorld } from './service-world.ts';
import { isWindows } from './setup.ts';
import { endText, stateText } from './state-text.ts';

export interface ServiceStatusRequest {
  readonly name: string;
  readonly json: boolean;
}

const RUNS = 0;
const FAILED = 1;
/** As LSB has it for programs that do not run. */
const NOT_RUNNING = 3;
const ASK_LIMIT_MS = 5 * SECOND_MS;

/**
 * Says how the service is, and what the agent in it says of itself. Exit codes: 0 it runs, 3 it does not, or there is
 * none, 1 that could not be found out.
 */
export async function serviceStatus(
  request: ServiceStatusRequest,
  io: CliIo,
  world: ServiceWorld = REAL_SERVICE_WORLD,
): Promise<number> {
  if (!isWindows(io)) return FAILED;
  const interrupt = untilInterrupted();
  try {
    return await status(request, io, world, interrupt.signal);
  } finally {
    interrupt.dispose();
  }
}

async function status(
  { name, json }: ServiceStatusRequest,
  io: CliIo,
  world: ServiceWorld,
  signal: AbortSignal,
): Promise<number> {
  const sc = scWorld(world, io, signal);
  const [queried, configured] = await Promise.all([queryService(name, sc), configOfService(name, sc)]);
  if (!queried.ok) {
    const isMissing = queried.error.code === WINDOWS_ERROR.noSuchService;
    if (isMissing && json) io.stdout.write(`${JSON.stringify(missingJson(name), null, 2)}\n`);
    io.stderr.write(`${name}: ${queried.error.text}\n`);
    return isMissing ? NOT_RUNNING : FAILED;
  }
  const config = configured.ok ? configured.value : null;
  const url = urlOf(config?.commandLine ?? null, io, world);
  const isRunning = queried.value.state === STATE.running;
  const answering = isRunning && url !== null ? await world.askAgent(url, ASK_LIMIT_MS, signal) : null;
  const shown: Shown = {
    name,
    state: stateText(queried.value.state),
    ended: isRunning ? null : endText(queried.value),
    pid: queried.value.pid,
    account: config?.account ?? null,
    start: START_TYPES[config?.startType ?? 0] ?? null,
    url,
    answering,
    now: world.clock.now(),
  };
  io.stdout.write(json ? `${JSON.stringify(statusJson(shown), null, 2)}\n` : statusText(shown));
  return isRunning ? RUNS : NOT_RUNNING;
}

const START_TYPES: Readonly<Record<number, string>> = { 2: 'automatic', 3: 'by hand', 4: 'disabled' };

interface Shown {
  readonly name: string;
  readonly state: string;
  readonly ended: string | null;
  readonly pid: number | null;
  readonly account: string | null;
  readonly start: string | null;
  readonly url: string | null;
  readonly answering: Answering | null;
  readonly now: number;
}

/** Where the agent of the service listens, by the configuration that its command line names. */
function urlOf(
  commandLine: string | null,
  { env, platform, cwd }: CliIo,
  { loadConfig }: ServiceWorld,
): string | null {
  const path = commandLine === null ? null : namedByCommandLine(commandLine).config;
  const loaded = loadConfig({ path, env, platform, cwd });
  return loaded.ok ? localUrl(loaded.config.web) : DEFAULT_URL;
}

function statusText(shown: Shown): string {
  const { name, state, ended, pid, account, start, url, answering, now } = shown;
  const agent = answering?.who === 'agent' ? answering.status : null;
  const rows: readonly (readonly [label: string, text: string | null])[] = [
    ['service', `${name}, ${state}${ended === null ? '' : `: ${ended}`}`],
    ['process', pid === null ? null : String(pid)],
    ['account', account],
    ['start', start],
    ['version', agent === null ? null : versionText(agent.version)],
    ['uptime', agent?.startedAt == null ? null : formatAge(Math.max(0, now - agent.startedAt))],
    ['address', url === null ? null : `${url}${silenceText(answering)}`],
    ['last scan', agent === null ? null : scanText(agent.scannedAt, now)],
    ...(agent?.hosts ?? [])
      .filter(({ readOk }) => readOk === false)
      .map(({ host, why }) => ['', `${host} was not read: ${why ?? 'unknown'}`] as const),
  ];
  return rows
    .flatMap(([label, text]) => (text === null ? [] : `${label.padEnd(11)}${plainText(text, 500)}\n`))
    .join('');
}

function versionText(version: string): string {
  return version === VERSION ? version : `${version} (this program is ${VERSION})`;
}

function silenceText(answering: Answering | null): string {
  if (answering?.who === 'other') return `, but what answers is not this agent (${answering.said})`;
  return answering?.who === 'nobody' ? `, but the agent does not answer: ${answering.why}` : '';
}

function scanText(scannedAt: number | null, now: number): string {
  if (scannedAt === null) return 'none yet';
  const offsetMin = -new Date(scannedAt).getTimezoneOffset();
  return `${formatInstant(scannedAt, offsetMin)} (${formatAge(Math.max(0, now - scannedAt))} ago)`;
}

function missingJson(name: string): unknown {
  return { schema: 1, kind: 'hyperv.service', name, state: null };
}

function statusJson({ name, state, ended, pid, account, start, url, answering }: Shown): unknown {
  const agent = answering?.who === 'agent' ? answering.status : null;
  return {
    schema: 1,
    kind: 'hyperv.service',
    name,
    state,
    ended,
    pid,
    account,
    start,
    url,
    answers: answering === null ? null : answering.who === 'agent',
    version: agent?.version ?? null,
    startedAt: isoJson(agent?.startedAt ?? null),
    scannedAt: isoJson(agent?.scannedAt ?? null),
    hosts: agent?.hosts ?? null,
  };
}
