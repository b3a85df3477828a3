import { compilePolicy } from '../core/policy/compile.ts';
import { formatBytesExact, formatDurationExact } from '../core/units.ts';
import { effectiveTls } from './checks/mail.ts';
import { usualJitterMs } from './checks/schedule.ts';
import type { Config, MailConfig, ScheduleConfig } from './config.ts';
import { configJsonSchema, sectionAt } from './json-schema.ts';
import { writePolicy } from './policy-write.ts';
import { writeRules } from './rules-write.ts';
import type { SecretOrigin } from './secret.ts';
import { isSection, type WrittenValue, type YamlLine, yamlLines } from './yaml-write.ts';

type Section = Readonly<Record<string, WrittenValue>>;

/** Where notes begin, unless the line is longer. */
const NOTES_AT = 40;

/**
 * The effective configuration as a file that could be used, with `# default` behind whatever is as it would be without
 * a file. Passwords are not in it, only where they come from.
 */
export function showConfig(config: Config, defaults: Config): string {
  const usual = {
    ...writeConfig(defaults),
    schedule: usualSchedule(config.schedule, defaults.schedule),
    mail: config.mail === null ? null : usualMail(config.mail),
  };
  const lines = yamlLines(writeConfig(config)).map((line) => {
    const note = noteOf(line, usual);
    return note === null ? line.text : `${line.text.padEnd(NOTES_AT)}  # ${note}`;
  });
  const source = config.source === null ? 'no file, defaults alone' : config.source.path;
  return `# Effective configuration (${source.replace(/[\u0000-\u001f\u007f-\u009f]/g, '?')})\n${lines.join('\n')}\n`;
}

function noteOf({ path, value }: YamlLine, usual: Section): string | null {
  if (value === undefined) return null;
  if (path.at(-1) === 'password_file' || path.at(-1) === 'password_env') return 'the password is not shown';
  let other: WrittenValue | undefined = usual;
  for (const key of path) other = isSection(other) ? other[key] : undefined;
  return JSON.stringify(other) === JSON.stringify(value) ? 'default' : null;
}

/** The written form of a configuration, which reads as the same configuration again. */
export function writeConfig(config: Config): Section {
  return {
    hosts: config.hosts,
    schedule: writeSchedule(config.schedule),
    rules: writeRules(compilePolicy(config.policy).rules),
    kind_presets: config.kindPresets.length === 0 ? null : config.kindPresets,
    ...writePolicy(config.policy),
    metrics: { per_checkpoint: config.metrics.perCheckpoint, max_checkpoints: config.metrics.maxCheckpoints },
    mail: config.mail === null ? null : writeMail(config.mail),
    web: { listen: writeListen(config.web), external_url: config.web.externalUrl },
    collector: {
      powershell: {
        executable: config.collector.powershell.executable,
        module_path: config.collector.powershell.modulePath,
      },
      timeout: formatDurationExact(config.collector.timeoutMs),
      max_report_size: formatBytesExact(config.collector.maxReportBytes),
    },
    log: {
      level: config.log.level,
      format: config.log.format,
      file: config.log.file,
      max_size: formatBytesExact(config.log.maxBytes),
      max_files: config.log.maxFiles,
      event_log_alerts: config.log.eventLogAlerts,
    },
  };
}

function writeSchedule(schedule: ScheduleConfig): Section {
  const jitter = formatDurationExact(schedule.jitterMs);
  if (schedule.type === 'every') return { every: formatDurationExact(schedule.everyMs), jitter };
  return { cron: schedule.cron, time_zone: schedule.timeZone, jitter };
}

function writeMail({ smtp, from, to, subjectPrefix }: MailConfig): Section {
  const { host, port, tls, caFile, user, password, timeoutMs } = smtp;
  return {
    smtp: {
      host,
      port,
      tls,
      ca_file: caFile,
      user,
      ...(password?.origin == null ? {} : writeOrigin(password.origin)),
      from,
      timeout: formatDurationExact(timeoutMs),
    },
    to,
    subject_prefix: subjectPrefix,
  };
}

function writeOrigin(origin: SecretOrigin): Section {
  return origin.type === 'file' ? { password_file: origin.path } : { password_env: origin.name };
}

/** The interval without a file, and the jitter that goes with the interval in force. */
function usualSchedule(schedule: ScheduleConfig, usual: ScheduleConfig): Section {
  const isCron = schedule.type === 'cron';
  const jitterMs = usualJitterMs(isCron ? null : schedule.everyMs);
  return { ...writeSchedule(usual), time_zone: null, jitter: formatDurationExact(jitterMs) };
}

/** What the options of mail are when left out. */
function usualMail({ smtp: { tls } }: MailConfig): Section {
  const ofSmtp = (key: string) => defaultText(['mail', 'smtp', key]);
  return {
    smtp: {
      port: portFor(tls),
      tls: 'starttls',
      ca_file: null,
      user: null,
      timeout: ofSmtp('timeout'),
    },
    subject_prefix: defaultText(['mail', 'subject_prefix']),
  };
}

function portFor(tls: MailConfig['smtp']['tls']): number {
  return effectiveTls({ tls, port: null }).port;
}

function defaultText(path: readonly string[]): string {
  const written = sectionAt(configJsonSchema(), path)?.default;
  return typeof written !== 'string' ? '' : written;
}

function writeListen({ host, port }: Config['web']): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
