import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateCheck } from '../../../src/core/nagios/evaluate.ts';
import { parseCheckOptions } from '../../../src/core/nagios/options.ts';
import type { CheckResult } from '../../../src/core/nagios/result.ts';
import { renderCheck } from '../../../src/core/render/nagios.ts';
import { DAY_MS } from '../../../src/core/units.ts';
import type { AgentView } from '../../../src/core/view.ts';
import { finding, view } from '../../builders.ts';
import { hostileName } from '../../hostile.ts';
import { ALL_EXCEPTED, LAB09, PARTLY_EXCEPTED, viewOf } from '../excepted.ts';

function check(of: AgentView, ...pairs: readonly (readonly [string, string])[]): CheckResult {
  const parsed = parseCheckOptions(pairs);
  if (!parsed.ok) throw new Error(parsed.problem);
  return evaluateCheck(of, parsed.options);
}

const lastOf = ({ lines }: CheckResult): string => `${lines.at(-1)?.status} ${lines.at(-1)?.text}`;
const exceptedOf = ({ perfdata }: CheckResult): number | undefined =>
  perfdata.find(({ label }) => label === 'excepted')?.value;

describe('what exceptions cover', () => {
  it('raises nothing, and is counted and listed behind all that does', async () => {
    await expect(renderCheck(check(PARTLY_EXCEPTED))).toMatchFileSnapshot('check-excepted.txt');
  });

  it('leaves the check OK when there is nothing else', async () => {
    const result = check(ALL_EXCEPTED);
    expect(result.status).toBe('OK');
    await expect(renderCheck(result)).toMatchFileSnapshot('check-all-excepted.txt');
  });

  it('is listed last also behind every VM, and left out first when lines are few', () => {
    const line = 'EXCEPTED LAB09 "golden" (user) on hv01: 201d, layer 40.0 GiB: older than 7d';
    expect(lastOf(check(ALL_EXCEPTED))).toContain(line);
    expect(lastOf(check(ALL_EXCEPTED, ['verbose', '2']))).toContain(line);
    const few = renderCheck(check(PARTLY_EXCEPTED, ['max-lines', '2']))
      .trimEnd()
      .split('\n');
    expect(few.map((text) => text.split(' ')[0])).toEqual(['CHECKPOINTS', '[CRITICAL]', '[WARNING]', '...']);
    expect(few[3]).toBe('... and 2 more');
  });

  it('is counted within the scope of the check', () => {
    expect([PARTLY_EXCEPTED, ALL_EXCEPTED, viewOf([])].map((of) => exceptedOf(check(of)))).toEqual([2, 1, 0]);
    expect(exceptedOf(check(PARTLY_EXCEPTED, ['vm', 'LAB*']))).toBe(1);
    expect(exceptedOf(check(PARTLY_EXCEPTED, ['vm', 'APP*']))).toBe(0);
    const failed = { code: 'TIMEOUT', detail: null, target: null } as const;
    expect(exceptedOf(check(view([{ unread: true, failed }])))).toBeUndefined();
  });

  it('is said on the first line where there is room for it, and never in place of anything else', () => {
    const first = (result: CheckResult): string => renderCheck(result).split(' |')[0] ?? '';
    const withRoom = new Set<boolean>();
    for (let length = 1; length <= 60; length += 1) {
      const checkpoints = [{ name: 'patch', ageMs: 4 * DAY_MS }];
      const result = check(viewOf([{ name: 'x'.repeat(length), checkpoints }, LAB09]), ['host', 'hv*']);
      const blind = { ...result, headline: { ...result.headline, last: ['y'.repeat(length)] } };
      const alone = first({ ...blind, headline: { ...blind.headline, note: null } });
      const hasRoom = `${alone}, 1 excepted`.length <= 80;
      expect(first(blind)).toBe(hasRoom ? `${alone}, 1 excepted` : alone);
      withRoom.add(hasRoom);
    }
    expect(withRoom).toEqual(new Set([true, false]));
  });

  it('counts for nothing with thresholds of the caller: they judge what is there', () => {
    const raw = check(ALL_EXCEPTED, ['critical', '30d']);
    expect([raw.status, exceptedOf(raw)]).toEqual(['CRITICAL', 0]);
    expect(renderCheck(raw)).not.toMatch(/excepted [a-z]|EXCEPTED/);
    expect(check(ALL_EXCEPTED, ['metric', 'size'], ['warning', '10GiB']).status).toBe('WARNING');
  });

  it('keeps to the plugin contract, whatever names, reasons and owners', () => {
    fc.assert(
      fc.property(hostileName, hostileName, (name, text) => {
        const exception = { reason: text, untilAt: 0, owner: text, line: 1 };
        const vms = [{ name, checkpoints: [{ name: text }] }];
        const of = view([{ vms }], [finding({ vm: name, checkpoint: text }, { exception })]);
        const [first = '', ...rest] = renderCheck(check(of)).trimEnd().split('\n');
        expect(first).toMatch(/^CHECKPOINTS OK - /);
        expect(first.split('|')).toHaveLength(2);
        expect(first.split('|')[0]?.trimEnd().length).toBeLessThanOrEqual(80);
        expect(rest).toEqual([expect.stringMatching(/^\[EXCEPTED\] [^|\p{Cc}\p{Cs}\u2028\u202e]*$/u)]);
      }),
    );
  });
});

it('says of an exception that is about no host that it is about the configuration', () => {
  const unused = finding(
    { host: '' },
    { rule: 'exception-unused', subject: 'exception:1', reason: 'exception unused for 40d' },
  );
  const result = check(view([{ vms: [{ name: 'A' }] }], [unused]));
  expect(result.lines.map(({ text }) => text)).toEqual(['the configuration: exception unused for 40d']);
  expect(renderCheck(result)).toMatch(/^CHECKPOINTS WARNING - the configuration exception unused for 40d/);
});
