import * as z from 'zod';
import { DAY_MS, HOUR_MS, KIB, MIB, MINUTE_MS, SECOND_MS } from '../core/units.ts';
import { type LeafSpec, leaf, leafOrNull } from './leaf.ts';
import {
  BOOLEAN,
  bytesBetween,
  durationBetween,
  integerBetween,
  LISTEN,
  oneOf,
  PATH,
  text,
  texts,
  WEB_URL,
} from './leaves.ts';
import { POLICY_SECTIONS } from './policy-schema.ts';
import { RULES_SCHEMA } from './rules-schema.ts';

const HOST_NAME = 'the name of a host such as hv01, or a list of names';

const SCHEDULE = z
  .strictObject({
    // Longer than 24.8 days would overflow a timer of Node.js.
    every: optional(
      durationBetween(SECOND_MS, 7 * DAY_MS),
      '15m',
      'Time from the start of one scan to the start of the next. The first scan is at the start of the agent.',
    ),
    cron: unset(
      text('cron expression', 'a cron expression such as "*/15 * * * *"'),
      'Scan at these times instead of `every`, for example `"0 6-22 * * *"`: minute, hour, day of month, month, day of week; six fields begin with the second. Day of month and day of week must both match.',
    ),
    time_zone: unset(
      text('time zone', 'a time zone such as Europe/Berlin'),
      "Time zone of `cron`, for example `Europe/Berlin`. Without it the machine's own.",
    ),
    jitter: unset(
      durationBetween(0, HOUR_MS),
      'Each scan begins up to this much later, at random, so that many agents do not read the same storage at once. Without it 30s, at most a tenth of `every`.',
      '30s',
    ),
  })
  .prefault({})
  .meta({ description: 'When to scan.' });

const METRICS = z
  .strictObject({
    per_checkpoint: optional(
      oneOf(['off', 'stale', 'all']),
      'all',
      'Which checkpoints get metrics of their own: none, those with a finding, or all.',
    ),
    max_checkpoints: optional(
      integerBetween(0, 100_000),
      5000,
      'Most checkpoints with metrics of their own; how many others there are is said.',
    ),
  })
  .prefault({})
  .meta({ description: 'What Prometheus gets at /metrics.' });

const SMTP = z
  .strictObject({
    host: required(
      text('host name', 'the name of a mail server such as mail.example.com'),
      'Name of the mail server.',
      'mail.example.com',
    ),
    port: unset(
      integerBetween(1, 65_535),
      'Port of the mail server. Without it 587 for starttls, 465 for implicit, 25 for opportunistic and none.',
      587,
    ),
    tls: unset(
      oneOf(['starttls', 'implicit', 'opportunistic', 'none']),
      'How the connection is encrypted. starttls: begins plain and must turn to TLS; implicit: TLS from the first byte; opportunistic: TLS if the server offers it; none: never. Without it starttls, or implicit on port 465.',
      'starttls',
    ),
    ca_file: unset(
      PATH,
      'File with the certificates (PEM) of the authority that signed the certificate of the server, when Windows or Node.js does not know it.',
    ),
    user: unset(text('user name', 'a user name'), 'User name for the mail server. Without it no login.'),
    password_file: unset(
      PATH,
      'File that holds the password and nothing else; relative to the folder of this file. Let nobody but the account of the agent read it. A running agent takes up another password by itself.',
    ),
    password_env: unset(
      {
        ...text('variable', 'the name of an environment variable such as SMTP_PASSWORD'),
        isSensitive: () => true,
      },
      'Environment variable that holds the password, instead of `password_file`.',
    ),
    from: required(
      text('mail address', 'a mail address such as hyperv@example.com'),
      'Sender of the mails.',
      'hyperv@example.com',
    ),
    timeout: optional(
      durationBetween(SECOND_MS, 10 * MINUTE_MS),
      '1m',
      'How long the delivery of one mail may take.',
    ),
  })
  .meta({ description: 'The mail server.' });

const MAIL = z
  .strictObject({
    smtp: SMTP,
    to: required(
      texts('a mail address such as virtualization@example.com, or a list of them'),
      'Who gets the mails.',
      ['virtualization@example.com'],
    ),
    subject_prefix: optional(
      text('text', 'text such as "[Hyper-V checkpoints]"'),
      '[Hyper-V checkpoints]',
      'What every subject begins with.',
    ),
  })
  .optional()
  .meta({
    description: 'Mails about new, worse and resolved findings. Without this section no mail is sent.',
  });

const WEB = z
  .strictObject({
    listen: optional(
      LISTEN,
      '127.0.0.1:9753',
      'Address and port of the page, the metrics and the API. There is neither TLS nor a password: whoever reaches the address can read everything.',
    ),
    external_url: unset(
      WEB_URL,
      'What people reach the page by, for links in mails, for example https://hv-mon.example.com. Without it the listening address.',
    ),
  })
  .prefault({})
  .meta({ description: 'The page, metrics and API over HTTP.' });

const POWERSHELL = z
  .strictObject({
    executable: unset(
      PATH,
      'PowerShell to use: a name on PATH, or a path. Without it Windows PowerShell 5.1, or pwsh where there is no Windows.',
    ),
    module_path: unset(PATH, 'Folder that PowerShell searches for modules first.'),
  })
  .prefault({})
  .meta({ description: 'The shell that reads Hyper-V.' });

const COLLECTOR = z
  .strictObject({
    powershell: POWERSHELL,
    timeout: optional(
      durationBetween(SECOND_MS, DAY_MS),
      '5m',
      'How long reading one host may take; then the shell is ended, and the scan has failed.',
    ),
    max_report_size: optional(
      bytesBetween(64 * KIB, 512 * MIB),
      '64MiB',
      'Largest report of a host that is accepted, unpacked.',
    ),
  })
  .prefault({})
  .meta({ description: 'How a host is read.' });

const LOG = z
  .strictObject({
    level: optional(
      oneOf(['debug', 'info', 'warn', 'error']),
      'info',
      'The least level that is written. info: a line for each scan, and what changes; debug: also what could not be read in it, and what stays as it was.',
    ),
    format: optional(
      oneOf(['text', 'json']),
      'text',
      'text: one line an event, for people; json: one object a line, for programs.',
    ),
    file: unset(
      PATH,
      'Where the log goes; relative to the folder of this file. Without it `logs\\agent.log` there as a Windows service, standard error otherwise. `run --log-file` comes first.',
    ),
    max_size: optional(
      bytesBetween(256 * KIB, 256 * MIB),
      '10MiB',
      'How long the file may become; then it is renamed to `agent.1.log`, and a new one begins.',
    ),
    max_files: optional(
      integerBetween(1, 100),
      5,
      'How many older files are kept, `agent.1.log` being the youngest.',
    ),
    event_log_alerts: optional(
      BOOLEAN,
      false,
      'As a Windows service: whether new, worse and resolved findings go to the event log (events 300 to 302).',
    ),
  })
  .prefault({})
  .meta({ description: 'The log of the agent. Changes take effect while it runs.' });

/** The configuration as people write it. Descriptions and defaults are here and nowhere else. */
export const WRITTEN_SCHEMA = z
  .strictObject({
    hosts: unset(
      texts(HOST_NAME),
      'Hyper-V hosts to watch. At present this machine alone, which is also meant without it.',
    ),
    schedule: SCHEDULE,
    rules: RULES_SCHEMA.prefault({}).meta({
      description: 'When something is a finding. What is left out keeps its default, level by level.',
    }),
    ...POLICY_SECTIONS,
    max_declared_lifetime: optional(
      durationBetween(HOUR_MS, 3650 * DAY_MS),
      '90d',
      'How far after its creation the declared end of a checkpoint may lie (`keep-until=`, `ttl=` in its name or notes). One further away does not count.',
    ),
    metrics: METRICS,
    mail: MAIL,
    web: WEB,
    collector: COLLECTOR,
    log: LOG,
  })
  .meta({
    title: 'hyperv-checkpoint-agent',
    description: 'Configuration of hyperv-checkpoint-agent. Every option may be left out.',
  });

/** The configuration as it was written, values read and defaults filled in. */
export type Written = z.output<typeof WRITTEN_SCHEMA>;
export type WrittenMail = NonNullable<Written['mail']>;

/** An option with a default, given in its written form. */
function optional<T>(
  spec: LeafSpec<T>,
  written: string | number | boolean,
  description: string,
): z.ZodPrefault<z.ZodType<T>> {
  return leaf(spec).prefault(written).meta({ description });
}

/** An option whose default depends on others, usually `usual`, or that has none: `null` when left out. */
function unset<T>(
  spec: LeafSpec<T>,
  description: string,
  usual: string | number | null = null,
): z.ZodPrefault<z.ZodType<T | null>> {
  return leafOrNull(spec).prefault(null).meta({ description, shownDefault: usual });
}

/** An option that its section cannot do without, with an example. */
function required<T>(spec: LeafSpec<T>, description: string, example: unknown): z.ZodType<T> {
  return leaf(spec).meta({ title: spec.title, ...spec.json, description, shownExample: example });
}
