import { performance } from 'node:perf_hooks';
import { readReport } from '../src/collector/report.ts';
import { loadDefaults } from '../src/config/load.ts';
import { parseConfig } from '../src/config/parse.ts';
import { inventoryOfReports } from '../src/core/judged-view.ts';
import { compilePolicy, type Policy } from '../src/core/policy/compile.ts';
import { readDeclarations } from '../src/core/policy/lifetime/declaration.ts';
import { NO_MEMORY } from '../src/core/policy/memory.ts';
import { judge } from '../src/core/rules/index.ts';
import { compilePattern, foldCase, MAX_PATTERN_LENGTH } from '../src/core/wildcard.ts';
import { FIRST_SCAN_AT, type Fleet, LARGE_FLEET, reportJson } from './fleet.ts';
import { type Figure, report } from './measure.ts';

const WARM_UP = 3;
const MEASURED = 11;

/** 500 overrides and 500 exceptions of every form: names, beginnings, parts, lists, question marks, tags. */
function policyText(): string {
  const number = (index: number): string => String((index * 37) % 5000).padStart(5, '0');
  const selector = (index: number): string =>
    [
      `vm: SRV-APP${number(index)}`,
      `vm: 'SRV-APP${number(index).slice(0, 4)}*'`,
      `vm: '*PP${number(index).slice(1)}'`,
      `vm: ['SRV-APP${number(index)}', 'SRV-A*${number(index).slice(2)}*', DB${index}]`,
      `vm: 'SRV-APP${number(index).slice(0, 3)}??'`,
      `tag: tag${index % 20}`,
    ][index % 6] ?? '';
  const many = Array.from({ length: 500 }, (_, index) => index);
  const overrides = many.map(
    (index) =>
      `  - { ${selector(index)}, rules: { checkpoint-age: { user: { warning: ${(index % 40) + 1}h, critical: ${(index % 40) + 50}h } } } }`,
  );
  const exceptions = many.map(
    (index) =>
      `  - { ${selector(index + 3)}, checkpoint: '*before update ${(index % 3) + 1}', reason: r${index}, until: 2027-06-01 }`,
  );
  const tags = Array.from({ length: 20 }, (_, index) => `  tag${index}: 'SRV-APP*${index}'`);
  return [
    'kind_presets: [veeam-replica, rds-pool, commvault-replica]',
    `tags:\n${tags.join('\n')}`,
    `overrides:\n${overrides.join('\n')}`,
    `exceptions:\n${exceptions.join('\n')}`,
  ].join('\n');
}

function policyOf(text: string): Policy {
  const parsed = parseConfig(text, {
    path: '/agent.yml',
    modifiedAt: 0,
    env: {},
    platform: 'linux',
    thisMachine: ['hv01'],
    now: FIRST_SCAN_AT,
    readFile: () => ({ status: 'failed', reason: 'none' }),
  });
  if (!parsed.ok) throw new Error(parsed.problems[0]?.message);
  return compilePolicy(parsed.config.policy);
}

async function judging(fleet: Fleet, policyAt: (round: number) => Policy): Promise<readonly number[]> {
  const read = await readReport(reportJson(fleet, 0), {
    host: 'hv01',
    readAt: FIRST_SCAN_AT,
    durationMs: 1000,
  });
  if (!read.ok) throw new Error('the report was not read');
  const inventory = inventoryOfReports([read.reading], FIRST_SCAN_AT);
  const samples: number[] = [];
  for (let round = 0; round < WARM_UP + MEASURED; round++) {
    const policy = policyAt(round);
    globalThis.gc?.();
    const before = process.threadCpuUsage();
    judge({ inventory, policy, memory: NO_MEMORY, now: FIRST_SCAN_AT });
    const { user, system } = process.threadCpuUsage(before);
    if (round >= WARM_UP) samples.push((user + system) / 1000);
  }
  return samples;
}

/** The slowest of many hostile pairs of pattern and name, each the best of a few tries. */
function worstPattern(): number {
  const longest = 'a'.repeat(1024);
  const patterns = [
    `${'*a'.repeat(MAX_PATTERN_LENGTH / 2 - 1)}b`,
    `${'*?'.repeat(MAX_PATTERN_LENGTH / 2 - 1)}b`,
    `*${'a?'.repeat(MAX_PATTERN_LENGTH / 2 - 1)}b`,
    `*${'a'.repeat(MAX_PATTERN_LENGTH - 2)}b*`,
    `*${'?'.repeat(MAX_PATTERN_LENGTH - 2)}b`,
    `${'a*'.repeat(MAX_PATTERN_LENGTH / 2 - 1)}?b`,
  ];
  const texts = [longest, `${longest.slice(1)}b`, 'ab'.repeat(512), '\u{1f5a5}'.repeat(512)];
  let worst = 0;
  for (const pattern of patterns) {
    const matches = compilePattern(pattern);
    for (const text of texts.map(foldCase)) {
      worst = Math.max(
        worst,
        bestOf(() => matches(text)),
      );
    }
  }
  return worst;
}

/** The slowest of many hostile notes. */
function worstNotes(): number {
  const shapes = [
    '[ckpt:',
    'ttl=x,',
    'keep until ',
    '[ckpt:tag=a]',
    'owner=',
    '1.1.',
    'bis= ',
    '\u202e[ckpt:ttl=2d] ',
  ];
  return Math.max(
    ...shapes.map((shape) => {
      const notes = shape.repeat(Math.ceil(65_536 / shape.length));
      return bestOf(() => readDeclarations(notes, 'checkpoint-notes'));
    }),
  );
}

function bestOf(action: () => unknown): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 15; round++) {
    const startedMs = performance.now();
    action();
    best = Math.min(best, performance.now() - startedMs);
  }
  return best;
}

const defaults = compilePolicy(loadDefaults({ env: {}, platform: 'linux', thisMachine: ['hv01'] }).policy);
const text = policyText();
const kept = policyOf(text);
const atMost = (limit: number): Figure['mark'] => ({ atMost: limit });

report([
  {
    name: 'policy: all rules, defaults, 10k checkpoints',
    unit: 'ms',
    samples: await judging(LARGE_FLEET, () => defaults),
    mark: null,
  },
  {
    name: 'policy: all rules, 500 overrides, 500 exceptions',
    unit: 'ms',
    samples: await judging(LARGE_FLEET, () => kept),
    mark: atMost(100),
  },
  {
    name: 'policy: the same, first time after a reload',
    unit: 'ms',
    samples: await judging(LARGE_FLEET, () => policyOf(text)),
    mark: null,
  },
  { name: 'policy: worst pattern on the worst name', unit: 'ms', samples: [worstPattern()], mark: atMost(1) },
  { name: 'policy: worst notes of 64 KiB', unit: 'ms', samples: [worstNotes()], mark: atMost(1) },
]);
