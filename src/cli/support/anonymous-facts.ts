import type { Aliases } from '../../collector/aliases.ts';
import { anonymiseError } from '../../collector/anonymise.ts';
import { errorInfo } from '../../core/collect-error.ts';
import type {
  ConfigFacts,
  DoctorFacts,
  FileProblem,
  Found,
  MailFacts,
  PortFacts,
  ReadingFacts,
  ServiceFacts,
  ShellFacts,
} from '../../core/doctor/facts.ts';
import { SERVICE_NAME } from '../service/service-world.ts';

const LEFT_OUT = '(left out)';

/**
 * What the doctor judges, without names, paths and texts of others: judged afterwards, its words hold none. Texts that
 * are not known to be harmless are left out.
 */
export function anonymousDoctorFacts(facts: DoctorFacts, aliases: Aliases): DoctorFacts {
  const { now, program, shellError } = facts;
  return {
    now,
    program,
    config: configFacts(facts.config, aliases),
    shell: map(
      shellError === null ? facts.shell : { known: false, why: errorInfo(shellError.code).meaning },
      (shell) => shellFacts(shell, aliases),
    ),
    shellError: shellError === null ? null : anonymiseError(shellError, aliases),
    reading: map(facts.reading, (reading) => readingFacts(reading, aliases)),
    unmatched: map(facts.unmatched, (problems) => problems?.map(problem) ?? null),
    port: map(facts.port, (port) => portFacts(port, aliases)),
    state: map(facts.state, (state) => ({ ...state, folder: placeAlias(state.folder, aliases) })),
    paths: map(facts.paths, (paths) =>
      paths.map((each) => ({ ...each, path: placeAlias(each.path, aliases) })),
    ),
    disks: map(facts.disks, (disks) =>
      disks.map((each) => ({ ...each, path: placeAlias(each.path, aliases) })),
    ),
    mail: map(facts.mail, (mail) => (mail === null ? null : mailFacts(mail, aliases))),
    service: map(facts.service, (service) => (service === null ? null : anonymousService(service, aliases))),
  };
}

/** What the program itself says; everything else may name something. */
const OWN_WORDS =
  /^(no answer (in time|within [\d dhms]{1,12})|it was stopped|the configuration has errors|the host was not (asked|read)|access denied|[a-z -]{1,60} \[[A-Z_]+\])$/;

function map<T>(fact: Found<T>, change: (value: T) => T): Found<T> {
  if (fact.known) return { known: true, value: change(fact.value) };
  const isOwn = OWN_WORDS.test(fact.why) || MEANINGS.has(fact.why);
  return isOwn ? fact : { known: false, why: LEFT_OUT };
}

const MEANINGS: ReadonlySet<string> = new Set(
  (['TIMEOUT', 'CANCELLED', 'PLATFORM_UNSUPPORTED', 'SHELL_MISSING', 'SHELL_DIED'] as const).map(
    (code) => errorInfo(code).meaning,
  ),
);

/** Messages repeat values, and paths hold names of kinds and tags. */
function problem({ line, path }: FileProblem): FileProblem {
  return { line, path: path.split(/[.[]/, 1)[0] ?? '', message: LEFT_OUT };
}

function configFacts(config: ConfigFacts, aliases: Aliases): ConfigFacts {
  const { path, status, problems, warnings, collectorTimeoutMs, scanIntervalMs, stateDir } = config;
  return {
    path: placeAlias(path, aliases),
    status,
    problems: problems.map(problem),
    warnings: warnings.map(problem),
    collectorTimeoutMs,
    scanIntervalMs,
    stateDir: placeAlias(stateDir, aliases),
  };
}

function shellFacts(shell: ShellFacts, aliases: Aliases): ShellFacts {
  const { executable, account } = shell;
  return {
    ...shell,
    executable: placeAlias(executable, aliases),
    account: {
      ...account,
      name: account.name === null ? null : aliases.name('account', account.name),
    },
  };
}

function readingFacts(reading: ReadingFacts, aliases: Aliases): ReadingFacts {
  const { host, error, troubles } = reading;
  return {
    ...reading,
    host: aliases.name('host', host),
    error: error === null ? null : anonymiseError(error, aliases),
    troubles: troubles.map(({ code, count }) => ({ code, count, first: null })),
  };
}

function portFacts({ host, port, answer }: PortFacts, aliases: Aliases): PortFacts {
  return {
    host: isEverywhere(host) ? host : aliases.name('address', host),
    port,
    answer: answer.who === 'unusable' ? { who: 'unusable', why: LEFT_OUT } : answer,
  };
}

/** Addresses that every machine has. */
export function isEverywhere(host: string): boolean {
  return ['127.0.0.1', '0.0.0.0', '::', '::1', 'localhost'].includes(host);
}

function mailFacts(mail: MailFacts, aliases: Aliases): MailFacts {
  const { server, failure, certificate } = mail;
  return {
    ...mail,
    server: aliases.name('server', server),
    failure: failure === null ? null : ownPart(failure),
    certificate:
      certificate === null
        ? null
        : {
            names: certificate.names.map((name) => aliases.name('server', name)),
            validToAt: certificate.validToAt,
            fault: certificate.fault === null ? null : LEFT_OUT,
          },
  };
}

/** What the program says of a failure, without what the server said. */
export function ownPart(failure: string): string {
  return failure.split(':', 1)[0] ?? '';
}

/** Accounts that Windows itself makes name nobody, and the usual name of the service is no secret. */
export function anonymousService(service: ServiceFacts, aliases: Aliases): ServiceFacts {
  const { account, config, stateDir, name } = service;
  const shown = serviceAlias(name, aliases);
  const isOwn = account?.toLowerCase() === `nt service\\${name}`.toLowerCase();
  return {
    ...service,
    name: shown,
    account:
      account === null || account === 'LocalSystem'
        ? account
        : isOwn
          ? `NT SERVICE\\${shown}`
          : aliases.name('account', account),
    config: config === null ? null : placeAlias(config, aliases),
    stateDir: stateDir === null ? null : placeAlias(stateDir, aliases),
  };
}

export function serviceAlias(name: string, aliases: Aliases): string {
  return name === SERVICE_NAME ? name : aliases.name('service', name);
}

/** Names that the agent or Windows has chosen. */
const OWN_NAMES: ReadonlySet<string> = new Set([
  ...['agent.yml', 'agent.log', 'state', 'logs', 'powershell.exe', 'pwsh.exe', 'pwsh'],
  'hyperv-checkpoint-agent',
]);

/** A path whose last part may well be one that is the same everywhere. */
export function placeAlias(path: string, aliases: Aliases): string {
  const at = Math.max(path.lastIndexOf('\\'), path.lastIndexOf('/')) + 1;
  const last = path.slice(at);
  return OWN_NAMES.has(last.toLowerCase()) ? aliases.path(path.slice(0, at)) + last : aliases.path(path);
}
