import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { defaultConfig } from '../../src/config/parse.ts';
import { compilePolicy } from '../../src/core/policy/compile.ts';
import { DAY_MS, GIB, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/core/units.ts';
import { DEFAULT_POLICY } from '../policy.ts';
import { configOf, HV01, parseOnHv01 } from './fixture.ts';

const rulesOf = (text: string) => compilePolicy(configOf(text).policy).rules;

const MAIL = 'mail: { smtp: { host: mail.example.com, from: hyperv@example.com }, to: ops@example.com }';

it('needs no configuration at all', () => {
  const config = defaultConfig(HV01);
  expect(config).toEqual({
    hosts: ['hv01'],
    schedule: { type: 'every', everyMs: 15 * MINUTE_MS, jitterMs: 30 * SECOND_MS },
    policy: {
      settings: [],
      kinds: [],
      tags: [],
      overrides: [],
      exceptions: [],
      maxDeclaredLifetimeMs: 90 * DAY_MS,
    },
    kindPresets: [],
    metrics: { perCheckpoint: 'all', maxCheckpoints: 5000 },
    mail: null,
    web: { host: '127.0.0.1', port: 9753, externalUrl: null },
    collector: {
      powershell: { executable: null, modulePath: null },
      timeoutMs: 5 * MINUTE_MS,
      maxReportBytes: 64 * 1024 * 1024,
    },
    log: {
      level: 'info',
      format: 'text',
      file: null,
      maxBytes: 10 * 1024 * 1024,
      maxFiles: 5,
      eventLogAlerts: false,
    },
    source: null,
  });
});

it.each([
  ['an empty file', ''],
  ['comments alone', '# nothing\n\n'],
  ['a byte order mark', '\ufeff# nothing\n'],
  ['Windows line ends', '# nothing\r\nweb:\r\n  listen: 127.0.0.1:9753\r\n'],
  [
    'sections without options',
    'hosts:\nschedule:\nrules:\nmetrics:\nmail:\nweb:\ncollector:\n  powershell:\nlog:\n',
  ],
  ['options without values', 'schedule: { every: , cron: null }\nweb: { listen: ~ }\n'],
  ['this machine by name', 'hosts: HV01\n'],
  ['this machine as localhost', 'hosts: [localhost]\n'],
])('takes %s for the defaults', (_name, text) => {
  expect({ ...configOf(text), source: null }).toEqual(defaultConfig(HV01));
});

it('reads the ten-line configuration', () => {
  const config = configOf(readFileSync(new URL('../fixtures/config/ten-lines.yml', import.meta.url), 'utf8'));
  const { rules } = compilePolicy(config.policy);
  expect(rules['checkpoint-age']?.user).toEqual({
    info: DAY_MS,
    warning: 3 * DAY_MS,
    critical: 7 * DAY_MS,
  });
  expect(rules['avhdx-size']?.automatic?.warning).toEqual({ bytes: 50 * GIB, ratio: 0.1 });
  expect(config.mail).toEqual({
    smtp: {
      host: 'mail.example.com',
      port: 587,
      tls: 'starttls',
      caFile: null,
      user: null,
      password: null,
      timeoutMs: MINUTE_MS,
    },
    from: 'hyperv@example.com',
    to: ['virtualization@example.com'],
    subjectPrefix: '[Hyper-V checkpoints]',
  });
  expect(config.source).toEqual({ path: '/etc/agent/agent.yml', modifiedAt: HV01.modifiedAt });
});

describe('levels of rules', () => {
  it('takes levels without a kind for user and automatic checkpoints, and lets a kind say otherwise', () => {
    const rule = rulesOf(
      'rules: { checkpoint-age: { warning: 2d, critical: 4d, automatic: { critical: 5d } } }',
    )['checkpoint-age'];
    expect(rule).toEqual({
      ...DEFAULT_POLICY.rules['checkpoint-age'],
      user: { info: DAY_MS, warning: 2 * DAY_MS, critical: 4 * DAY_MS },
      automatic: { info: null, warning: 2 * DAY_MS, critical: 5 * DAY_MS },
      unknown: { info: DAY_MS, warning: 2 * DAY_MS, critical: 4 * DAY_MS },
    });
  });

  it('keeps the defaults of levels that are not mentioned', () => {
    const rule = rulesOf('rules: { checkpoint-count: { critical: 20 } }')['checkpoint-count'];
    expect(rule).toEqual({ info: null, warning: 3, critical: 20 });
  });

  it('leaves out a default that a written, harsher level overtakes', () => {
    const rules = rulesOf(
      'rules: { checkpoint-age: { user: { warning: 12h } }, vm-avhdx-total: { critical: [30GiB, 25%] } }',
    );
    expect(rules['checkpoint-age']?.user).toEqual({
      info: null,
      warning: 12 * HOUR_MS,
      critical: 7 * DAY_MS,
    });
    expect(rules['vm-avhdx-total']?.warning).toEqual({ bytes: null, ratio: 0.1 });
  });

  it('turns a rule or a level off by null', () => {
    const rules = rulesOf('rules: { chain-depth: null, checkpoint-count: { warning: ~ } }');
    expect(rules['chain-depth']).toBeNull();
    expect(rules['checkpoint-count']).toEqual({ info: null, warning: null, critical: 10 });
  });

  it('replaces a size as a whole', () => {
    const rules = rulesOf('rules: { vm-avhdx-total: { warning: 20GiB, critical: 50% } }');
    expect(rules['vm-avhdx-total']).toEqual({
      info: null,
      warning: { bytes: 20 * GIB, ratio: null },
      critical: { bytes: null, ratio: 0.5 },
    });
  });

  it('can judge a kind that has no defaults', () => {
    const rules = rulesOf('rules: { avhdx-size: { planned: { warning: 10GiB } } }');
    expect(rules['avhdx-size']).toEqual({
      ...DEFAULT_POLICY.rules['avhdx-size'],
      planned: { info: null, warning: { bytes: 10 * GIB, ratio: null }, critical: null },
    });
  });
});

describe('mail', () => {
  it.each([
    ['tls: implicit', 'implicit', 465],
    ['port: 465', 'implicit', 465],
    ['tls: none', 'none', 25],
    ['tls: opportunistic', 'opportunistic', 25],
    ['port: 2525', 'starttls', 2525],
  ])('understands %s alone', (option, tls, port) => {
    const { mail } = configOf(MAIL.replace('{ host', `{ ${option}, host`));
    expect(mail?.smtp).toMatchObject({ tls, port });
  });

  it.each([
    ['password_file: smtp-password', { type: 'file', path: '/etc/agent/smtp-password' }],
    ['password_env: SMTP_PASSWORD', { type: 'env', name: 'SMTP_PASSWORD' }],
  ])('reads the password from %s, and shows it nowhere', (option, origin) => {
    const config = configOf(MAIL.replace('{ host', `{ user: hyperv, ${option}, host`));
    expect(config.mail?.smtp.password?.reveal()).toBe('hunter2');
    expect(config.mail?.smtp.password?.origin).toEqual(origin);
    expect(`${JSON.stringify(config)}${config.mail?.smtp.password}`).not.toContain('hunter2');
  });
});

it('finds environment variables and paths the way Windows does', () => {
  const text = MAIL.replace(
    '{ host',
    "{ user: 'CONTOSO\\svc', password_env: Smtp_Password, ca_file: 'ca.pem', host",
  );
  const config = configOf(text, {
    ...HV01,
    platform: 'win32',
    path: 'C:\\ProgramData\\x\\agent.yml',
    readFile: () => ({ status: 'read', text: '-----BEGIN CERTIFICATE-----', othersMayRead: null }),
  });
  expect(config.mail?.smtp).toMatchObject({ user: 'CONTOSO\\svc', caFile: 'C:\\ProgramData\\x\\ca.pem' });
  expect(config.mail?.smtp.password?.reveal()).toBe('hunter2');
});

it('scans by cron in a time zone', () => {
  const { schedule } = configOf('schedule: { cron: "*/15 6-22 * * *", time_zone: Europe/Berlin }');
  expect(schedule).toEqual({
    type: 'cron',
    cron: '*/15 6-22 * * *',
    timeZone: 'Europe/Berlin',
    jitterMs: 30 * SECOND_MS,
  });
});

it('keeps the usual jitter small beside a short interval', () => {
  expect(configOf('schedule: { every: 1m }').schedule).toMatchObject({ jitterMs: 6 * SECOND_MS });
});

it.each([
  ['[::1]:9753', '::1', 9753],
  ['localhost:80', 'localhost', 80],
  ['127.0.0.1:0', '127.0.0.1', 0],
])('listens at %s without a warning', (listen, host, port) => {
  const parsed = parseOnHv01(`web: { listen: "${listen}" }`);
  expect(parsed).toMatchObject({ ok: true, warnings: [], config: { web: { host, port } } });
});
