import fc from 'fast-check';
import { RULES } from '../../src/core/rules/index.ts';
import type { LimitType, OptionShape } from '../../src/core/rules/rule.ts';
import { SEVERITIES } from '../../src/core/severity.ts';
import { formatDurationExact } from '../../src/core/units.ts';

const sometimes = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const duration = (min: number, max: number) => fc.integer({ min, max }).map(formatDurationExact);
const line = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
  .filter((text) => text.trim() !== '' && !/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(text));
const word = fc.stringMatching(/^[a-z0-9]{1,12}$/);
const address = fc.tuple(word, word).map(([name, domain]) => `${name}@${domain}.example`);

/** Three limits, mildest first. */
function limits(type: LimitType): fc.Arbitrary<readonly unknown[]> {
  const ascending = (max: number) =>
    fc
      .uniqueArray(fc.integer({ min: 1, max }), { minLength: 3, maxLength: 3 })
      .map((all) => all.toSorted((a, b) => a - b));
  if (type === 'duration') return ascending(1e9).map((all) => all.map((ms) => formatDurationExact(ms)));
  if (type === 'count') return ascending(1000);
  return fc
    .tuple(ascending(4000), ascending(999), fc.constantFrom('GiB', 'GB', 'MiB', 'B'))
    .map(([sizes, tenths, unit]) =>
      sizes.map((size, index) => [`${size}${unit}`, `${(tenths[index] ?? 1) / 10}%`]),
    );
}

function levels(type: LimitType): fc.Arbitrary<Record<string, unknown>> {
  return fc
    .tuple(limits(type), fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }))
    .map(([all, off]) =>
      Object.fromEntries(SEVERITIES.map((severity, index) => [severity, off[index] ? null : all[index]])),
    );
}

function rule(shape: OptionShape): fc.Arbitrary<unknown> {
  if (shape.type === 'severity') return fc.record({ severity: fc.constantFrom(...SEVERITIES) });
  if (shape.type === 'fields') return fc.constant({ severity: 'warning' });
  if (shape.type === 'levels') return levels(shape.limit);
  const kinds = Object.fromEntries(shape.kinds.map((kind) => [kind, sometimes(levels(shape.limit))]));
  return fc.tuple(fc.record(kinds), levels(shape.limit)).map(([own, flat]) => ({ ...flat, ...own }));
}

const pattern = fc.oneof(
  word,
  word.map((text) => `${text}*`),
  fc.constant('*?x'),
);

const override = fc
  .tuple(
    fc.constantFrom('vm', 'host', 'tag'),
    pattern,
    fc.constantFrom<Record<string, unknown>>(
      { 'checkpoint-age': { user: { warning: '1h', critical: '2h' } } },
      { 'checkpoint-age': null },
      { 'avhdx-size': { planned: null } },
      { 'memory-state': {} },
      { 'checkpoint-policy': { types: ['production'] }, 'chain-depth': { info: 1, warning: null } },
    ),
  )
  .map(([selector, who, rules]) => ({ [selector]: who, rules }));

const exception = fc.record({
  vm: pattern,
  kind: sometimes(fc.constant('user')),
  checkpoint: sometimes(pattern),
  rules: sometimes(fc.constantFrom('checkpoint-age', ['guest-role', 'undocumented'])),
  reason: line,
  until: fc.constantFrom('2026-12-31', '2027-02-01 18:00'),
  owner: sometimes(line),
});

const schedule = fc.oneof(
  fc.record({ every: duration(60_000, 86_400_000), jitter: sometimes(duration(0, 59_999)) }),
  fc.record({
    cron: fc.constantFrom('*/15 * * * *', '0 6 * * mon-fri', '30 0 1 * * *'),
    time_zone: fc.constantFrom(undefined, 'Europe/Berlin', 'UTC'),
  }),
);

const smtp = fc
  .record({
    host: word,
    from: address,
    port: sometimes(fc.integer({ min: 1, max: 65_535 })),
    tls: fc.constantFrom(undefined, 'starttls', 'implicit', 'opportunistic', 'none'),
    timeout: sometimes(duration(1000, 600_000)),
    login: sometimes(fc.record({ user: line, secret: fc.constantFrom('password_file', 'password_env') })),
  })
  .map(({ login, ...rest }) => {
    if (login === undefined) return rest;
    const where = login.secret === 'password_file' ? 'smtp-password' : 'SMTP_PASSWORD';
    return { ...rest, user: login.user, [login.secret]: where };
  });

/** Valid configurations, as people could have written them. */
export const writtenConfig = fc.record({
  hosts: fc.constantFrom(undefined, 'HV01', ['localhost'], ['hv01.example.com']),
  schedule: sometimes(schedule),
  rules: sometimes(
    fc.record(
      Object.fromEntries(
        RULES.map(({ id, options }) => [id, fc.option(sometimes(rule(options)), { freq: 9 })]),
      ),
    ),
  ),
  kind_presets: sometimes(fc.constantFrom(['veeam-replica'], ['rds-pool', 'vagrant'])),
  kinds: sometimes(
    fc.dictionary(
      fc.constantFrom('golden', 'lab-image'),
      fc.record({
        checkpoint: pattern,
        advice: sometimes(line),
        of: sometimes(fc.constant(['user', 'backup'])),
      }),
    ),
  ),
  tags: sometimes(fc.dictionary(word, pattern, { maxKeys: 3 })),
  overrides: sometimes(fc.array(override, { minLength: 1, maxLength: 4 })),
  exceptions: sometimes(fc.array(exception, { minLength: 1, maxLength: 4 })),
  max_declared_lifetime: sometimes(duration(3_600_000, 1e10)),
  metrics: sometimes(
    fc.record({ per_checkpoint: fc.constantFrom('off', 'stale', 'all'), max_checkpoints: fc.nat(100_000) }),
  ),
  mail: sometimes(
    fc.record({
      smtp,
      to: fc.array(address, { minLength: 1, maxLength: 4 }),
      subject_prefix: sometimes(line),
    }),
  ),
  web: sometimes(fc.record({ listen: fc.constantFrom('[::1]:0', 'localhost:80', '0.0.0.0:9753') })),
  collector: sometimes(
    fc.record({
      powershell: sometimes(fc.record({ executable: sometimes(line), module_path: sometimes(line) })),
      timeout: sometimes(duration(1000, 86_400_000)),
      max_report_size: sometimes(fc.integer({ min: 65_536, max: 536_870_912 }).map((bytes) => `${bytes}B`)),
    }),
  ),
  log: sometimes(
    fc.record({
      level: fc.constantFrom(undefined, 'debug', 'info', 'warn', 'error'),
      format: fc.constantFrom(undefined, 'text', 'json'),
      file: sometimes(line.map((name) => `${name}.log`)),
      max_size: sometimes(fc.integer({ min: 262_144, max: 268_435_456 }).map((bytes) => `${bytes}B`)),
      max_files: sometimes(fc.integer({ min: 1, max: 100 })),
      event_log_alerts: sometimes(fc.boolean()),
    }),
  ),
});
