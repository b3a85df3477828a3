import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SEVERITIES } from '../../src/core/severity.ts';
import {
  compareFindings,
  countBySeverity,
  countExcepted,
  countTroubles,
  exceptedThings,
  reasons,
  troubles,
} from '../../src/core/trouble.ts';
import { finding, NOW } from '../builders.ts';

const anyFinding = fc
  .record({
    vm: fc.constantFrom('A', 'B', 'C'),
    checkpoint: fc.option(fc.constantFrom('x', 'y'), { nil: undefined }),
    severity: fc.constantFrom(...SEVERITIES),
    sinceAt: fc.option(fc.integer({ min: NOW - 3, max: NOW })),
    rule: fc.constantFrom('checkpoint-age' as const, 'avhdx-size' as const),
  })
  .map(({ vm, checkpoint, ...more }) =>
    finding(checkpoint === undefined ? { vm } : { vm, checkpoint }, more),
  );

describe(troubles, () => {
  const shape = (findings: readonly ReturnType<typeof finding>[]) =>
    troubles(findings).map(({ vm, checkpoint, severity, findings: all }) => [
      vm?.name ?? null,
      checkpoint?.name ?? null,
      severity,
      all.map(({ rule }) => rule),
    ]);

  it('gathers what is about one thing, the worst VM first and its parts together', () => {
    const findings = [
      finding({ vm: 'B', checkpoint: 'test' }),
      finding({ vm: 'A', checkpoint: 'new', index: 1 }, { severity: 'info' }),
      finding({ vm: 'A', checkpoint: 'old' }, { severity: 'critical' }),
      finding({ vm: 'A', checkpoint: 'old' }, { rule: 'avhdx-size' }),
      finding({ host: 'hv02' }, { severity: 'info' }),
    ];
    expect(shape(findings)).toEqual([
      ['A', 'old', 'critical', ['checkpoint-age', 'avhdx-size']],
      ['A', 'new', 'info', ['checkpoint-age']],
      ['B', 'test', 'warning', ['checkpoint-age']],
      [null, null, 'info', ['host-unreachable']],
    ]);
  });

  it('keeps every finding, once, in an order that does not depend on the input', () => {
    fc.assert(
      fc.property(fc.array(anyFinding, { maxLength: 12 }), (findings) => {
        const all = troubles(findings).flatMap((trouble) => trouble.findings);
        expect(all.toSorted(compareFindings)).toEqual(findings.toSorted(compareFindings));
        expect(troubles(findings.toReversed()).map(({ severity }) => severity)).toEqual(
          troubles(findings).map(({ severity }) => severity),
        );
      }),
    );
  });

  it('tells a VM that two hosts show apart', () => {
    expect(troubles([finding({ vm: 'A' }), finding({ vm: 'A' }, { host: 'hv02' })])).toHaveLength(2);
  });
});

describe(exceptedThings, () => {
  const exception = { reason: 'training image', untilAt: NOW, owner: null, line: 1 };

  it('gathers what exceptions cover apart; a thing of which they cover a part is a trouble too', () => {
    const findings = [
      finding({ vm: 'A', checkpoint: 'x' }, { severity: 'critical', exception }),
      finding({ vm: 'A', checkpoint: 'x' }, { rule: 'avhdx-size' }),
      finding({ vm: 'B' }, { exception }),
    ];
    expect(troubles(findings).map(({ vm, severity }) => [vm?.name, severity])).toEqual([['A', 'warning']]);
    expect(exceptedThings(findings).map(({ vm }) => vm?.name)).toEqual(['A', 'B']);
    expect(countTroubles(findings)).toEqual({ info: 0, warning: 1, critical: 0 });
    expect(countBySeverity(findings)).toEqual({ info: 0, warning: 1, critical: 0 });
    expect(countExcepted(findings)).toBe(2);
  });
});

describe(reasons, () => {
  it('says each reason once', () => {
    const a = finding({ vm: 'A' }, { reason: 'older than 7d' });
    expect(reasons([a, a, finding({ vm: 'A' }, { reason: 'more than 3' })])).toBe(
      'older than 7d; more than 3',
    );
  });
});

describe(countBySeverity, () => {
  it('counts', () => {
    expect(countBySeverity([finding({ vm: 'A' }), finding({ vm: 'B' })])).toEqual({
      info: 0,
      warning: 2,
      critical: 0,
    });
  });
});
