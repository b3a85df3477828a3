import { describe, expect, it } from 'vitest';
import type { AgentView } from '../../src/core/view.ts';
import { findingsJson, statusJson } from '../../src/exporter/api.ts';
import { view } from '../builders.ts';
import { ALL_EXCEPTED, PARTLY_EXCEPTED } from '../core/excepted.ts';

const AGENT = { version: '1', startedAt: 0 } as const;
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('what was not looked at', () => {
  it('has every host that nobody has tried to read for too long: no findings there would mean nothing', () => {
    const calm = view([{ host: 'hv01', vms: [{ name: 'SQL01' }] }], []);
    const isLate = { ...calm, now: calm.now + 3 * calm.scanIntervalMs + 1 };
    const overdue = [{ type: 'overdue', host: 'hv01', text: expect.stringContaining('too old to rely on') }];
    for (const answer of [(each: AgentView) => statusJson(each, AGENT), findingsJson]) {
      expect(asJson(answer(calm))).toMatchObject({ notLookedAt: [] });
      expect(asJson(answer(isLate))).toMatchObject({ notLookedAt: overdue });
    }
  });
});

describe('what exceptions cover', () => {
  it('is counted by the status apart from what raises anything', () => {
    expect(asJson(statusJson(PARTLY_EXCEPTED, AGENT))).toMatchObject({
      findings: { critical: 1, warning: 1, info: 2, excepted: 3 },
      things: { critical: 1, warning: 1, info: 2, excepted: 2 },
    });
    expect(asJson(statusJson(ALL_EXCEPTED, AGENT))).toMatchObject({
      findings: { critical: 0, warning: 0, info: 0, excepted: 2 },
      things: { critical: 0, warning: 0, info: 0, excepted: 1 },
    });
  });

  it('is listed behind everything else, with its exception', () => {
    const exception = {
      reason: 'training image',
      untilAt: '2026-12-31T23:00:00.000Z',
      owner: 'j.doe',
      line: expect.any(Number),
    };
    expect(asJson(findingsJson(ALL_EXCEPTED))).toMatchObject({
      findings: [
        { rule: 'checkpoint-age', severity: 'critical', owner: 'j.doe', exception },
        { rule: 'avhdx-size', severity: 'critical', owner: 'j.doe', exception },
      ],
    });
    const order = PARTLY_EXCEPTED.findings.toReversed();
    expect(asJson(findingsJson({ ...PARTLY_EXCEPTED, findings: order }))).toMatchObject({
      findings: [...Array(4).fill({ exception: null }), ...Array(3).fill({ exception: expect.any(Object) })],
    });
  });
});
