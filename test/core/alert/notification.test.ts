import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../src/core/alert/alert.ts';
import { dueNotifications, markNotified } from '../../../src/core/alert/notification.ts';
import { findingKey } from '../../../src/core/finding.ts';
import { finding, NOW } from '../../builders.ts';

const BASELINED = { isBaselined: true, anyHostRead: true };

function alert(more: Partial<Alert> = {}): Alert {
  const about = finding({ vm: 'SQL01', checkpoint: 'patch' });
  return {
    key: findingKey(about),
    finding: about,
    startedAt: NOW,
    lastSeenAt: NOW,
    absences: 0,
    absentAt: null,
    endedAt: null,
    milderSince: null,
    told: null,
    ...more,
  };
}

const told = { severity: 'warning', at: NOW } as const;

describe('what happened while people were being told', () => {
  it('owes "worse" when it got worse meanwhile', () => {
    const before = [alert()];
    const due = dueNotifications(before, BASELINED);
    const meanwhile = [alert({ finding: { ...alert().finding, severity: 'critical' } })];
    const after = markNotified(meanwhile, due, NOW);
    expect(dueNotifications(after, BASELINED)).toMatchObject([{ reason: 'worse' }]);
  });

  it('owes "resolved" when it ended meanwhile', () => {
    const due = dueNotifications([alert()], BASELINED);
    const after = markNotified([alert({ endedAt: NOW })], due, NOW);
    expect(dueNotifications(after, BASELINED)).toMatchObject([{ reason: 'resolved' }]);
  });

  it('owes "new" when it came back while people were told that it was over', () => {
    const due = dueNotifications([alert({ told, endedAt: NOW })], BASELINED);
    const after = markNotified([alert({ told })], due, NOW);
    expect(dueNotifications(after, BASELINED)).toMatchObject([{ reason: 'new' }]);
  });
});

it('a baseline needs no word about what is already over', () => {
  const alerts = [alert({ told, endedAt: NOW })];
  const due = dueNotifications(alerts, { ...BASELINED, isBaselined: false });
  expect(due).toEqual([{ reason: 'baseline', alerts: [] }]);
  expect(markNotified(alerts, due, NOW)).toEqual([]);
});

it('being told nothing changes nothing', () => {
  const alerts = [alert({ told }), alert({ key: 'other', endedAt: NOW, told })];
  expect(markNotified(alerts, [], NOW)).toEqual(alerts);
});
