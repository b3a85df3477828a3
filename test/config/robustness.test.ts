import fc from 'fast-check';
import { expect, it } from 'vitest';
import { configJsonSchema, optionsOf, type SchemaNode } from '../../src/config/json-schema.ts';
import { formatProblems } from '../../src/config/problem.ts';
import { parseOnHv01 } from './fixture.ts';

/** Every text gives a configuration or problems, each on a line of the text; messages stay on one line. */
function expectJudged(text: string): void {
  const parsed = parseOnHv01(text);
  const problems = parsed.ok ? parsed.warnings : parsed.problems;
  if (!parsed.ok) expect(problems.some(({ severity }) => severity === 'error')).toBe(true);
  const lines = text.split(/\r\n|\r|\n/).length;
  for (const { line, column } of problems) {
    expect(line).toBeGreaterThanOrEqual(1);
    expect(line).toBeLessThanOrEqual(lines + 1);
    expect(column).toBeGreaterThanOrEqual(1);
  }
  const told = formatProblems('agent.yml', problems);
  expect(told.split('\n')).toHaveLength(problems.length + 1);
  expect(told.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
}

const names = (function namesOf(node: SchemaNode): readonly string[] {
  return Object.entries(optionsOf(node)).flatMap(([key, child]) => [key, ...namesOf(child)]);
})(configJsonSchema());

const scalar = fc.oneof(
  fc.constantFrom<unknown>(
    '3d',
    '10%',
    '50GiB',
    'a@b',
    'x;y',
    '::',
    '[::1]:1',
    '*/5 * * * *',
    '__proto__',
    '',
    'null',
  ),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
);
const { value: tree } = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, scalar, fc.array(tie('value'), { maxLength: 3 }), tie('section')),
  section: fc.dictionary(
    fc.oneof(fc.constantFrom(...names, '__proto__', 'constructor'), fc.string({ maxLength: 5 })),
    tie('value'),
    {
      maxKeys: 5,
    },
  ),
}));

it('judges any text without throwing', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), expectJudged), { numRuns: 300 });
});

it('judges any text of YAML characters without throwing', () => {
  const piece = fc.constantFrom(
    '\n',
    ' ',
    '  ',
    '\t',
    ':',
    ': ',
    '- ',
    '{',
    '}',
    '[',
    ']',
    ',',
    '"',
    "'",
    '#',
    ' #',
    '&a',
    '*a',
    '!',
    '|',
    '>',
    '%',
    '@',
    '---',
    '...',
    '\\',
    '? ',
    '<<',
    'hosts',
    'mail',
    'rules',
    'x',
    '1',
    '\r',
    '\ufeff',
    '\u2028',
  );
  const text = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));
  fc.assert(fc.property(text, expectJudged), { numRuns: 1000 });
});

it('judges any values in any place without throwing', () => {
  fc.assert(
    fc.property(tree, (value) => expectJudged(JSON.stringify(value))),
    { numRuns: 500 },
  );
});

it('judges any value of each option without throwing', () => {
  const sections = fc.record(
    Object.fromEntries(
      Object.entries(optionsOf(configJsonSchema())).map(([name, node]) => {
        const options = Object.keys(optionsOf(node));
        return [name, fc.oneof(tree, fc.dictionary(fc.constantFrom(name, ...options), tree))];
      }),
    ),
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(sections, (value) => expectJudged(JSON.stringify(value))),
    { numRuns: 500 },
  );
});

it.each([
  ['brackets', '['.repeat(50_000)],
  ['lists', '- '.repeat(20_000)],
  ['keys', 'a: 1\n'.repeat(20_000)],
  ['aliases', `a: &a [1]\nb: [${'*a, '.repeat(20_000)}]\n`],
])('survives absurdly many %s', (_name, text) => {
  expect(parseOnHv01(text)).toMatchObject({ ok: false });
});

it('suggests no name of a kind that is itself none', () => {
  const evil = '\u0000';
  for (const value of [
    { rules: { 'guest-role': { '': {} } }, kind_presets: evil },
    { exceptions: [{ kind: '', reason: 'r', until: '2031-01-01' }], kinds: { [evil]: { vm: 'a' } } },
  ]) {
    expectJudged(JSON.stringify(value));
  }
});
