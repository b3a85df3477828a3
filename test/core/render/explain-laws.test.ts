import fc from 'fast-check';
import { expect, it } from 'vitest';
import { findingKey } from '../../../src/core/finding.ts';
import { explain } from '../../../src/core/render/explain/explain.ts';
import { checkpointSubject, vmSubject } from '../../../src/core/rules/subject.ts';
import { DAY_MS, GIB, HOUR_MS } from '../../../src/core/units.ts';
import type { AgentView } from '../../../src/core/view.ts';
import { hostileName } from '../../hostile.ts';
import { explained, judgedBy, sha256 } from './explain-samples.ts';

const UNPRINTABLE =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff]/;

const POLICY = `kind_presets: [veeam-replica, rds-pool]
kinds: { mine: { notes: '*a*' } }
tags: { prod: ['*a*', '?'] }
overrides:
  - tag: prod
    rules: { checkpoint-age: { user: { warning: 1h } }, checkpoint-count: { warning: 0 } }
exceptions:
  - { vm: '*b*', reason: x, until: 2026-12-01 }
`;

const checkpoint = fc.record({
  name: hostileName,
  notes: fc.option(hostileName),
  createdAt: fc.option(fc.integer({ min: Date.UTC(2008, 0), max: Date.UTC(2030, 0) })),
  layerBytes: fc.option(fc.integer({ min: 0, max: 400 * GIB })),
  hasMemory: fc.option(fc.boolean()),
  kind: fc.constantFrom('user', 'automatic', 'backup', 'replica', 'planned', 'missing', 'unknown'),
});
const machine = fc.record({
  name: hostileName,
  notes: fc.option(hostileName, { nil: null }),
  state: hostileName.map((name) => ({ code: 3, name })),
  guestProductType: fc.option(fc.nat(4)),
  checkpoints: fc.option(fc.array(checkpoint, { maxLength: 8 })),
});
const fleet = fc.uniqueArray(machine, { maxLength: 3, selector: ({ name }) => name });

it('never throws, and never prints a control character, whatever things are called', () => {
  fc.assert(
    fc.property(fleet, hostileName, fc.constantFrom('', POLICY), (vms, what, yaml) => {
      const view = judgedBy(yaml, [{ host: 'hv01', vms }]);
      for (const asked of ['*', what, ...vms.map(({ name }) => name)]) {
        const { text } = explain(view, asked, sha256);
        expect(text).not.toMatch(UNPRINTABLE);
        expect(text.isWellFormed()).toBe(true);
        expect(text).toMatch(/\n$/);
      }
    }),
    { numRuns: 150 },
  );
});

it('finds every finding by its key, and never one that it does not show', () => {
  fc.assert(
    fc.property(fleet, (vms) => {
      const view = judgedBy(POLICY, [{ vms }]);
      for (const { rule, subject } of view.findings) {
        expect(explained(view, `${rule}|${subject}`)).toContain(`(${rule}, `);
      }
    }),
    { numRuns: 50 },
  );
});

/** The exception that a text shows; `null` for none. */
function snippet(text: string): string | null {
  return /^exceptions:\n(?: .*\n)+/m.exec(text)?.[0] ?? null;
}

function openFindings(view: AgentView): readonly string[] {
  return view.findings
    .filter(({ exception, severity }) => exception === null && severity !== 'info')
    .map(findingKey);
}

it('shows exceptions that a configuration takes as they are, and that cover that thing alone', () => {
  fc.assert(
    fc.property(fleet, (specs) => {
      const vms = specs.map(({ checkpoints, ...spec }) => ({
        ...spec,
        checkpoints: (checkpoints ?? []).map((each) => ({ ...each, kind: 'user', ageMs: 9 * DAY_MS })),
      }));
      const before = judgedBy('', [{ vms }]);
      for (const { vm } of before.inventory.hosts.flatMap((host) => host.vms)) {
        const things = (vm.checkpoints ?? []).map((each) => ({
          id: each.id,
          subject: checkpointSubject(vm, each),
        }));
        for (const { id, subject } of things) {
          const yaml = snippet(explained(before, id));
          const open = openFindings(before).filter((key) => key.endsWith(`|${subject}`));
          // Infos raise nothing, and have an exception shown only where there is nothing worse.
          if (open.length === 0) continue;
          const after = new Set(openFindings(judgedBy(yaml ?? '', [{ vms }])));
          expect(openFindings(before).filter((key) => !after.has(key))).toEqual(open);
        }
      }
    }),
    { numRuns: 150 },
  );
});

it('shows exceptions for a VM as a whole that leave its checkpoints and all others as they are', () => {
  fc.assert(
    fc.property(fc.uniqueArray(hostileName, { minLength: 2, maxLength: 4 }), (names) => {
      const checkpoints = ['a', 'b', 'c', 'd'].map((name) => ({ name, ageMs: 9 * DAY_MS }));
      const hosts = [{ vms: names.map((name) => ({ name, checkpoints })) }];
      const before = judgedBy('', hosts);
      for (const { vm } of before.inventory.hosts.flatMap((host) => host.vms)) {
        const key = `checkpoint-count|${vmSubject(vm)}`;
        const yaml = snippet(explained(before, key)) ?? '';
        const after = new Set(openFindings(judgedBy(yaml, hosts)));
        expect(openFindings(before).filter((each) => !after.has(each))).toEqual([key]);
      }
    }),
    { numRuns: 100 },
  );
});

it('shows a last day that counts, and the day after it no longer does', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 4 * 24, max: 100 * 24 }),
      fc.integer({ min: 1, max: 120 }),
      (ageHours, longestDays) => {
        const yaml = `max_declared_lifetime: ${longestDays}d`;
        const named = (name: string) =>
          judgedBy(yaml, [{ vms: [{ name: 'SQL01', checkpoints: [{ name, ageMs: ageHours * HOUR_MS }] }] }]);
        const day = /keep-until=(\S+) at the latest/.exec(explained(named('x'), 'SQL01'))?.[1];
        const isOpen = (name: string) => named(name).findings.some(({ severity }) => severity !== 'info');
        if (day === undefined) {
          // Then the longest that could be declared is past: today is too late.
          expect(isOpen('x keep-until=2026-11-20')).toBe(true);
          return;
        }
        const next = new Date(Date.parse(day) + DAY_MS).toISOString().slice(0, 10);
        expect([day, isOpen(`x keep-until=${day}`), isOpen(`x keep-until=${next}`)]).toEqual([
          day,
          false,
          true,
        ]);
      },
    ),
    { numRuns: 200 },
  );
});
