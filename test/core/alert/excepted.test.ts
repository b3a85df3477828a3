import { describe, expect, it } from 'vitest';
import { dueNotifications, markNotified } from '../../../src/core/alert/notification.ts';
import { observe } from '../../../src/core/alert/observe.ts';
import { DAY_MS } from '../../../src/core/units.ts';
import { finding, NOW } from '../../builders.ts';
import { scenario } from '../../scenario.ts';

describe('an exception', () => {
  it('ends nothing: whoever was told is told nothing more while it covers it', () => {
    scenario()
      .has('SQL01', 'warning', 'hv01')
      .scan('baseline(SQL01)')
      .excepted('SQL01')
      .scans(5)
      .has('SQL01', 'critical', 'hv01')
      .scans(5);
  });

  it.each([
    ['taken out of the configuration', '2031-12-31'],
    ['over', '2026-11-21'],
  ])('that is %s brings its finding back as new', (_, until) => {
    const s = scenario()
      .has('SQL01', 'warning', 'hv01')
      .scan('baseline(SQL01)')
      .excepted('SQL01', until)
      .scans(3);
    if (until < '2027') s.waits(3 * DAY_MS);
    else s.unexcepted('SQL01');
    s.scan('new SQL01').scans(3).has('SQL01', 'critical', 'hv01').scan('worse SQL01');
  });

  it('that is over brings back what nobody was told of', () => {
    scenario()
      .excepted('SQL01')
      .has('SQL01', 'warning', 'hv01')
      .scan('baseline()')
      .scans(3)
      .unexcepted('SQL01')
      .scan('new SQL01');
  });

  it('does not keep the end of what was told before it', () => {
    scenario()
      .has('SQL01', 'warning', 'hv01')
      .scan('baseline(SQL01)')
      .excepted('SQL01')
      .scans(2)
      .has('SQL01', 'gone', 'hv01')
      .scans(2, 'resolved SQL01')
      .scans(3);
  });

  it('leaves no word to say of what came and went below it', () => {
    const s = scenario().excepted('SQL01').has('SQL01', 'critical', 'hv01').scan('baseline()').scans(2);
    expect(s.alerts).toHaveLength(1);
    s.has('SQL01', 'gone', 'hv01').scans(5);
    expect(s.alerts).toEqual([]);
  });

  it('comes and goes without a word between two mails', () => {
    scenario()
      .has('SQL01', 'warning', 'hv01')
      .scan('baseline(SQL01)')
      .mail(false)
      .excepted('SQL01')
      .scan()
      .unexcepted('SQL01')
      .scan()
      .excepted('SQL01')
      .scan()
      .has('SQL01', 'gone', 'hv01')
      .scans(2)
      .mail(true)
      .scan('resolved SQL01');
  });

  it('keeps what it covers off a baseline, also off a second one', () => {
    scenario()
      .has('SQL01', 'warning', 'hv01')
      .has('WEB07', 'warning', 'hv01')
      .excepted('SQL01')
      .scan('baseline(WEB07)')
      .forgets()
      .scan('baseline(WEB07)')
      .unexcepted('SQL01')
      .scan('new SQL01');
  });
});

it('of what a second baseline does not list, as it is excepted by then, nobody is told the end', () => {
  const about = finding({ vm: 'SQL01', checkpoint: 'patch' });
  const exception = { reason: 'agreed', untilAt: NOW + DAY_MS, owner: null, line: 1 };
  const look = (findings: readonly (typeof about)[], absentAt: number | null = null) => ({
    findings,
    provenAbsentAt: () => absentAt,
    mayBeExcepted: () => false,
  });
  const first = { isBaselined: false, anyHostRead: true };
  const begun = observe([], look([about]), NOW);
  const told = markNotified(begun, dueNotifications(begun, first), NOW);
  const covered = observe(told, look([{ ...about, exception }]), NOW);
  expect(covered).toMatchObject([{ told: { wasExcepted: true } }]);
  const again = markNotified(covered, dueNotifications(covered, first), NOW);
  expect(again).toMatchObject([{ told: null }]);
  expect(observe(observe(again, look([], NOW), NOW), look([], NOW + 1), NOW)).toEqual([]);
});

describe('what is covered by an exception whose tag, name or kind could not be read', () => {
  const about = finding({ vm: 'SQL01', checkpoint: 'patch' });
  const exception = { reason: 'agreed', untilAt: NOW + DAY_MS, owner: null, line: 1 };
  const look = (found: typeof about, isUnread: boolean) => ({
    findings: [found],
    provenAbsentAt: () => null,
    mayBeExcepted: () => isUnread,
  });
  const due = (alerts: ReturnType<typeof observe>) =>
    dueNotifications(alerts, { isBaselined: true, anyHostRead: true }).map(({ reason }) => reason);
  const covered = observe([], look({ ...about, exception }, false), NOW);

  it('goes on being covered until it is read, or until the exception ends', () => {
    const unread = observe(covered, look(about, true), NOW + 1);
    expect(unread).toMatchObject([{ finding: { exception } }]);
    expect(due(unread)).toEqual([]);
    expect(due(observe(unread, look(about, false), NOW + 2))).toEqual(['new']);
    expect(due(observe(unread, look(about, true), NOW + DAY_MS))).toEqual(['new']);
  });

  it('is news where it was never covered', () => {
    expect(due(observe([], look(about, true), NOW))).toEqual(['new']);
  });
});
