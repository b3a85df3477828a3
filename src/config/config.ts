import type { Instant } from '../core/model.ts';
import type { PolicyConfig } from '../core/policy/policy.ts';
import type { Secret } from './secret.ts';

/** The effective configuration: defaults filled in, units resolved, secrets read. Made by `parseConfig` only. */
export interface Config {
  /** Lower-cased host names; at present exactly this machine. */
  readonly hosts: readonly string[];
  readonly schedule: ScheduleConfig;
  /** Kinds, thresholds, exceptions: everything that judges. */
  readonly policy: PolicyConfig;
  /** The presets that were switched on; what they bring is part of the policy. */
  readonly kindPresets: readonly string[];
  readonly metrics: MetricsConfig;
  /** `null`: no mail. */
  readonly mail: MailConfig | null;
  readonly web: WebConfig;
  readonly collector: CollectorConfig;
  readonly log: LogConfig;
  /** Where it came from; `null` for the defaults alone. */
  readonly source: { readonly path: string; readonly modifiedAt: Instant } | null;
}

export type ScheduleConfig =
  | { readonly type: 'every'; readonly everyMs: number; readonly jitterMs: number }
  | {
      readonly type: 'cron';
      readonly cron: string;
      /** IANA name; `null` is the machine's own. */
      readonly timeZone: string | null;
      readonly jitterMs: number;
    };

export interface MetricsConfig {
  /** Which checkpoints get series of their own. */
  readonly perCheckpoint: 'off' | 'stale' | 'all';
  /** Checkpoints with series of their own at most; the others are counted. */
  readonly maxCheckpoints: number;
}

export interface MailConfig {
  readonly smtp: SmtpConfig;
  readonly from: string;
  readonly to: readonly string[];
  readonly subjectPrefix: string;
}

export interface SmtpConfig {
  readonly host: string;
  readonly port: number;
  readonly tls: 'starttls' | 'implicit' | 'opportunistic' | 'none';
  readonly caFile: string | null;
  readonly user: string | null;
  readonly password: Secret | null;
  /** How long one delivery may take as a whole. */
  readonly timeoutMs: number;
}

export interface WebConfig {
  readonly host: string;
  readonly port: number;
  /** What people reach it by, for links in mails; `null` uses the listening address. */
  readonly externalUrl: string | null;
}

export interface CollectorConfig {
  readonly powershell: {
    /** Absolute path or name on PATH; `null` picks Windows PowerShell, or `pwsh` elsewhere. */
    readonly executable: string | null;
    /** Put in front of PSModulePath. */
    readonly modulePath: string | null;
  };
  /** For the whole reading of one host. */
  readonly timeoutMs: number;
  /** Largest report accepted, unpacked. */
  readonly maxReportBytes: number;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type LogFormat = 'text' | 'json';

/** The agent's own log, and what it tells the event log of Windows. */
export interface LogConfig {
  /** The least level that is written. */
  readonly level: LogLevel;
  readonly format: LogFormat;
  /** Absolute path; `null` leaves it to where the agent runs. */
  readonly file: string | null;
  /** A file that would become longer is kept as an older one, and a new one begun. */
  readonly maxBytes: number;
  /** Older files that are kept. */
  readonly maxFiles: number;
  /** Whether new, worse and resolved alerts go to the event log. */
  readonly eventLogAlerts: boolean;
}
