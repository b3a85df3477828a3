import { isLimit } from '../../policy/limits.ts';
import { RULES } from '../../rules/index.ts';
import type { Levels, LimitType, OptionShape } from '../../rules/rule.ts';
import { SEVERITIES } from '../../severity.ts';
import { formatLimit } from '../limit-text.ts';

/** docs/rules.md, made from the rules themselves. */
export function rulesPage(): string {
  return [
    '# Rules',
    '',
    '<!-- Generated from src/core/rules by "npm run golden". Do not edit. -->',
    '',
    'A rule looks at what was read and raises findings. A limit is crossed when a value is above it: exactly on it is',
    'still fine. `info` is shown and reported, but is never a mail of its own and never an exit code. Any rule is turned',
    'off by `null`, and so is any level of it. What to write in the configuration is in [configuration.md](configuration.md).',
    '',
    '| rule | says |',
    '| --- | --- |',
    ...RULES.map(({ id, summary }) => `| [${id}](#${id}) | ${summary} |`),
    '',
    ...RULES.flatMap((rule) => [
      `## ${rule.id}`,
      '',
      rule.summary,
      rule.why,
      '',
      ...defaults(rule.options, rule.defaults),
      '',
      ...notes(rule),
    ]),
  ].join('\n');
}

function defaults(shape: OptionShape, value: unknown): readonly string[] {
  switch (shape.type) {
    case 'severity':
      return [`Default severity: ${field(value, 'severity')}.`];
    case 'fields':
      return [
        '| option | default | meaning |',
        '| --- | --- | --- |',
        ...Object.entries(shape.fields).map(
          ([name, { description }]) => `| ${name} | ${fieldText(field(value, name))} | ${description} |`,
        ),
      ];
    case 'levels':
      return [heading(''), rule(''), row('', levelsOf(value), shape.limit)];
    case 'levels-by-kind':
      return [
        heading(' kind |'),
        rule(' --- |'),
        ...shape.kinds.map((kind) => row(` ${kind} |`, levelsOf(field(value, kind)), shape.limit)),
      ];
  }
}

function notes({ isOff, isExceptable }: (typeof RULES)[number]): readonly string[] {
  return [
    ...(isOff ? ['It is off until the configuration turns it on.', ''] : []),
    ...(isExceptable ? [] : ['No exception covers it.', '']),
  ];
}

function fieldText(value: unknown): string {
  return Array.isArray(value) ? (value.length === 0 ? 'any' : value.join(', ')) : String(value);
}

const heading = (first: string): string => `|${first} ${SEVERITIES.join(' | ')} |`;
const rule = (first: string): string => `|${first} ${SEVERITIES.map(() => '---').join(' | ')} |`;

function row(first: string, levels: Levels<unknown> | null, limit: LimitType): string {
  return `|${first} ${SEVERITIES.map((severity) => limitText(levels?.[severity] ?? null, limit)).join(' | ')} |`;
}

function limitText(limit: unknown, type: LimitType): string {
  if (limit === null) return 'off';
  return isLimit(limit) ? formatLimit(type, limit) : '';
}

function levelsOf(value: unknown): Levels<unknown> | null {
  const isLevels = typeof value === 'object' && value !== null && 'warning' in value;
  return isLevels
    ? { info: field(value, 'info'), warning: value.warning, critical: field(value, 'critical') }
    : null;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (Object.entries(value).find(([key]) => key === name)?.[1] ?? null)
    : null;
}
