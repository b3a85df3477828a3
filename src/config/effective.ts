import type { CheckContext } from './check.ts';
import { effectiveHosts } from './checks/hosts.ts';
import { effectiveTls, readPassword } from './checks/mail.ts';
import { effectiveJitterMs } from './checks/schedule.ts';
import type { Config, LogConfig, MailConfig, ScheduleConfig } from './config.ts';
import { readPolicy } from './policy-read.ts';
import { resolveBeside } from './world.ts';

type Facts = Pick<CheckContext, 'written' | 'world' | 'configPath' | 'lineOf'>;

/** Turns what is written, and was found valid, into what the agent uses. */
export function effectiveConfig(facts: Facts, source: Config['source']): Config {
  const { written, world, configPath } = facts;
  const { powershell, timeout, max_report_size: maxReportBytes } = written.collector;
  const beside = (target: string) => resolveBeside(configPath, world.platform, target);
  return {
    hosts: effectiveHosts(written.hosts, world.thisMachine),
    schedule: effectiveSchedule(written.schedule),
    policy: readPolicy(facts),
    kindPresets: [...new Set(written.kind_presets ?? [])],
    metrics: {
      perCheckpoint: written.metrics.per_checkpoint,
      maxCheckpoints: written.metrics.max_checkpoints,
    },
    mail: effectiveMail(facts),
    web: { ...written.web.listen, externalUrl: written.web.external_url },
    collector: {
      powershell: {
        executable: powershell.executable === null ? null : resolveExecutable(powershell.executable, beside),
        modulePath: powershell.module_path === null ? null : beside(powershell.module_path),
      },
      timeoutMs: timeout,
      maxReportBytes,
    },
    log: effectiveLog(written.log, beside),
    source,
  };
}

/** A bare name is looked for on PATH. */
function resolveExecutable(executable: string, beside: (target: string) => string): string {
  return /[/\\]/.test(executable) ? beside(executable) : executable;
}

function effectiveSchedule(schedule: Facts['written']['schedule']): ScheduleConfig {
  const jitterMs = effectiveJitterMs(schedule);
  if (schedule.cron === null) return { type: 'every', everyMs: schedule.every, jitterMs };
  return { type: 'cron', cron: schedule.cron, timeZone: schedule.time_zone, jitterMs };
}

function effectiveLog(log: Facts['written']['log'], beside: (target: string) => string): LogConfig {
  return {
    level: log.level,
    format: log.format,
    file: log.file === null ? null : beside(log.file),
    maxBytes: log.max_size,
    maxFiles: log.max_files,
    eventLogAlerts: log.event_log_alerts,
  };
}

function effectiveMail(facts: Facts): MailConfig | null {
  const { written, world, configPath } = facts;
  if (written.mail === undefined) return null;
  const { smtp, to, subject_prefix: subjectPrefix } = written.mail;
  return {
    smtp: {
      host: smtp.host,
      ...effectiveTls(smtp),
      caFile: smtp.ca_file === null ? null : resolveBeside(configPath, world.platform, smtp.ca_file),
      user: smtp.user,
      password: readPassword(facts).password,
      timeoutMs: smtp.timeout,
    },
    from: smtp.from,
    to: to.filter((address, index) => isFirst(to, address, index)),
    subjectPrefix,
  };
}

function isFirst(addresses: readonly string[], address: string, index: number): boolean {
  return addresses.findIndex((other) => other.toLowerCase() === address.toLowerCase()) === index;
}
