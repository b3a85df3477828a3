import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Alert, Notification } from '../../../src/core/alert/alert.ts';
import { anyHostRead, type Observation, observationOf } from '../../../src/core/alert/completeness.ts';
import { dueNotifications, markNotified } from '../../../src/core/alert/notification.ts';
import { observe } from '../../../src/core/alert/observe.ts';
import { activeFindings, type Finding, findingKey } from '../../../src/core/finding.ts';
import type { Inventory } from '../../../src/core/inventory.ts';
import { compareSeverity, type Severity } from '../../../src/core/severity.ts';
import { type Badness, type HostState, World } from './world.ts';

const HOSTS = ['hv01', 'hv02', 'hv03'];
const VMS = ['SQL01', 'WEB07', 'APP03'];

/** One thing that happens between two scans. */
type Event =
  | { readonly type: 'vm'; readonly vm: string; readonly badness: Badness }
  | { readonly type: 'move'; readonly vm: string; readonly hosts: readonly string[] }
  | { readonly type: 'readable'; readonly vm: string; readonly is: boolean }
  | { readonly type: 'host'; readonly host: string; readonly state: HostState }
  | { readonly type: 'exception'; readonly vm: string; readonly until: string | null }
  | { readonly type: 'time'; readonly ms: number }
  | { readonly type: 'restart' }
  | { readonly type: 'lost mail' }
  | { readonly type: 'nothing' };

const vm = fc.constantFrom(...VMS);
const badness: fc.Arbitrary<Badness> = fc.constantFrom('critical', 'warning', 'info', 'fine', 'gone');
const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant('vm' as const), vm, badness }) },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('move' as const),
      vm,
      hosts: fc.subarray(HOSTS, { maxLength: 2 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('readable' as const), vm, is: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('host' as const),
      host: fc.constantFrom(...HOSTS),
      state: fc.constantFrom<HostState>('up', 'up', 'down', 'partly'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('exception' as const),
      vm,
      until: fc.constantFrom('2031-12-31', '2026-11-20', null),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('time' as const), ms: fc.integer({ min: -4e6, max: 2e8 }) }),
  },
  { weight: 1, arbitrary: fc.constant({ type: 'restart' } as const) },
  { weight: 2, arbitrary: fc.constant({ type: 'lost mail' } as const) },
  { weight: 3, arbitrary: fc.constant({ type: 'nothing' } as const) },
);

/** What happens before each of a number of scans. */
const history = fc.array(fc.array(event, { maxLength: 3 }), { minLength: 1, maxLength: 25 });

function newWorld(): World {
  const world = new World(HOSTS);
  for (const [index, name] of VMS.entries()) {
    Object.assign(world.vm(name), { hosts: [HOSTS[index] ?? ''] });
  }
  return world;
}

/** @returns whether the mails of the following scan get lost before they are safe. */
function happen(world: World, events: readonly Event[]): boolean {
  for (const each of events) {
    if (each.type === 'vm') world.vm(each.vm).badness = each.badness;
    else if (each.type === 'move') world.vm(each.vm).hosts = each.hosts;
    else if (each.type === 'readable') world.vm(each.vm).isReadable = each.is;
    else if (each.type === 'host') world.states.set(each.host, each.state);
    else if (each.type === 'exception') world.vm(each.vm).exceptedUntil = each.until;
    else if (each.type === 'time') world.now += each.ms;
    else if (each.type === 'restart') world.restart();
  }
  return events.some(({ type }) => type === 'lost mail');
}

/** Somebody who knows nothing but the mails, and who objects when they make no sense. */
class Reader {
  readonly known = new Map<string, Severity>();
  /** What was excepted since they were told of it. */
  readonly excepted = new Set<string>();
  hasBaseline = false;

  read(notifications: readonly Notification[]): void {
    const keys = notifications.flatMap((each) => (each.reason === 'baseline' ? [] : [each.alert.key]));
    expect(new Set(keys).size).toBe(keys.length);
    for (const each of notifications) this.#read(each);
  }

  #read(notification: Notification): void {
    if (notification.reason === 'baseline') {
      expect(this.hasBaseline).toBe(false);
      this.hasBaseline = true;
      this.known.clear();
      this.excepted.clear();
      for (const { key, finding } of notification.alerts) {
        expect(finding.exception).toBeNull();
        this.known.set(key, finding.severity);
      }
      return;
    }
    const { key, finding } = notification.alert;
    expect(this.hasBaseline).toBe(true);
    expect(finding.severity).not.toBe('info');
    if (notification.reason !== 'resolved') expect(finding.exception).toBeNull();
    if (notification.reason === 'new') expect(this.known.has(key) && !this.excepted.has(key)).toBe(false);
    else expect(this.known.has(key)).toBe(true);
    if (notification.reason === 'worse') expect(finding.severity).toBe('critical');
    this.excepted.delete(key);
    if (notification.reason === 'resolved') this.known.delete(key);
    else this.known.set(key, finding.severity);
  }
}

interface Step {
  readonly inventory: Inventory;
  readonly observation: Observation;
  readonly seen: readonly Alert[];
  readonly due: readonly Notification[];
}

/** An agent with a reader; `between` runs after each step, as a restart or a shuffle would. */
class Shift {
  readonly world = newWorld();
  readonly reader = new Reader();
  alerts: readonly Alert[] = [];

  readonly #between: (alerts: readonly Alert[]) => readonly Alert[];

  constructor(between: (alerts: readonly Alert[]) => readonly Alert[] = (alerts) => alerts) {
    this.#between = between;
  }

  scan(isMailLost = false): Step {
    const inventory = this.world.scan();
    const observation = observationOf(inventory, this.world.findings());
    this.alerts = this.#between(observe(this.alerts, observation, this.world.now));
    const seen = this.alerts;
    for (const key of this.exceptedKeys()) this.reader.excepted.add(key);
    const isBaselined = this.reader.hasBaseline;
    const due = dueNotifications(this.alerts, { isBaselined, anyHostRead: anyHostRead(inventory) });
    if (isMailLost) return { inventory, observation, seen, due: [] };
    this.reader.read(due);
    this.alerts = this.#between(markNotified(this.alerts, due, this.world.now));
    return { inventory, observation, seen, due };
  }

  /** Everything is readable again and stays as it is, until all that is to be said was said. */
  settle(): void {
    for (const host of HOSTS) this.world.states.set(host, 'up');
    for (const each of this.world.vms.values()) each.isReadable = true;
    for (let scan = 0; scan < 3; scan += 1) this.scan();
  }

  openKeys(): readonly string[] {
    return this.#raised().flatMap((each) => (each.exception === null ? findingKey(each) : []));
  }

  exceptedKeys(): readonly string[] {
    return this.#raised().flatMap((each) => (each.exception === null ? [] : findingKey(each)));
  }

  #raised(): readonly Finding[] {
    const raised = this.world.findings().filter(({ severity }) => severity !== 'info');
    return raised.sort((a, b) => (findingKey(a) < findingKey(b) ? -1 : 1));
  }
}

function play(
  events: readonly (readonly Event[])[],
  shift: Shift,
  check: (step: Step) => void = () => {},
): void {
  for (const each of events) {
    const isMailLost = happen(shift.world, each);
    check(shift.scan(isMailLost));
  }
}

describe('laws of the alert core, on random histories', () => {
  it('mails make sense to somebody who knows nothing but them, and in the end they know what is', () => {
    fc.assert(
      fc.property(history, (events) => {
        const shift = new Shift();
        play(events, shift);
        shift.settle();
        // Whoever was told that it began was told that it ended, unless it is excepted and still there.
        const excepted = new Set(shift.exceptedKeys());
        const known = [...shift.reader.known.keys()].filter((key) => !excepted.has(key));
        expect(known.sort()).toEqual(shift.openKeys());
        for (const finding of activeFindings(shift.world.findings())) {
          const told = shift.reader.known.get(findingKey(finding));
          if (told !== undefined) expect(compareSeverity(told, finding.severity)).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });

  it('right after everything was told nothing is owed', () => {
    fc.assert(
      fc.property(history, (events) => {
        const shift = new Shift();
        play(events, shift, ({ inventory, due }) => {
          if (due.length === 0) return;
          const state = { isBaselined: true, anyHostRead: anyHostRead(inventory) };
          expect(dueNotifications(shift.alerts, state)).toEqual([]);
        });
      }),
    );
  });

  it('a scan that reads nothing resolves nothing, and loses no alert that anybody knows of', () => {
    fc.assert(
      fc.property(history, fc.integer({ min: 1, max: 5 }), (events, scans) => {
        const shift = new Shift();
        play(events, shift);
        const known = [...shift.reader.known.keys()].filter((key) => !key.startsWith('host-unreachable'));
        const owedEnd = new Set(shift.alerts.flatMap(({ key, endedAt }) => (endedAt === null ? [] : [key])));
        for (const host of HOSTS) shift.world.states.set(host, 'down');
        for (let scan = 0; scan < scans; scan += 1) {
          const { due } = shift.scan();
          for (const each of due) {
            if (each.reason === 'resolved') expect(owedEnd).toContain(each.alert.key);
          }
        }
        const still = new Set(shift.reader.known.keys());
        for (const key of known) {
          if (!owedEnd.has(key)) expect(still).toContain(key);
        }
      }),
    );
  });

  it('an unreadable VM keeps its own alerts and freezes no others', () => {
    fc.assert(
      fc.property(history, (events) => {
        const shift = new Shift();
        play(events, shift);
        for (const each of shift.world.vms.values()) each.exceptedUntil = null;
        shift.settle();
        Object.assign(shift.world.vm('SQL01'), { badness: 'critical', hosts: ['hv01'], isReadable: true });
        Object.assign(shift.world.vm('WEB07'), { badness: 'critical', hosts: ['hv01'] });
        shift.scan();
        Object.assign(shift.world.vm('SQL01'), { badness: 'gone', isReadable: false });
        Object.assign(shift.world.vm('WEB07'), { badness: 'gone' });
        const told = [...shift.scan().due, ...shift.scan().due, ...shift.scan().due];
        expect(told.map((each) => each.reason)).toEqual(['resolved']);
        expect(
          told.flatMap((each) => (each.reason === 'baseline' ? [] : [each.alert.finding.vm?.name])),
        ).toEqual(['WEB07']);
      }),
    );
  });

  it('moving a VM is silent, whichever host is read first and whatever lies between', () => {
    const journey = fc.array(fc.subarray(HOSTS, { minLength: 1, maxLength: 2 }), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(journey, fc.boolean(), (stations, isInFlight) => {
        const shift = new Shift();
        Object.assign(shift.world.vm('SQL01'), { badness: 'critical' });
        shift.scan();
        for (const hosts of stations) {
          if (isInFlight) {
            shift.world.vm('SQL01').hosts = [];
            expect(shift.scan().due).toEqual([]);
          }
          shift.world.vm('SQL01').hosts = hosts;
          expect(shift.scan().due).toEqual([]);
        }
      }),
    );
  });

  it('a restart between any two steps changes nothing', () => {
    fc.assert(
      fc.property(history, (events) => {
        const plain = new Shift();
        const restarted = new Shift((alerts) => JSON.parse(JSON.stringify(alerts)));
        for (const each of events) {
          const isMailLost = happen(plain.world, each);
          happen(restarted.world, each);
          expect(restarted.scan(isMailLost).due).toEqual(plain.scan(isMailLost).due);
        }
        expect(restarted.alerts).toEqual(plain.alerts);
      }),
    );
  });

  it('the order of hosts, findings and alerts does not matter', () => {
    fc.assert(
      fc.property(history, (events) => {
        const shift = new Shift((alerts) => alerts.toReversed());
        let before: readonly Alert[] = [];
        play(events, shift, ({ inventory, observation, seen }) => {
          const hosts = inventory.hosts.toReversed();
          const shuffled = observationOf({ ...inventory, hosts }, reversed(observation.findings));
          const again = observe(before, shuffled, shift.world.now);
          expect(again).toEqual(seen.toSorted((a, b) => (a.key < b.key ? -1 : 1)));
          before = shift.alerts.toReversed();
        });
      }),
    );
  });

  it('looking twice at the same readings is looking once', () => {
    fc.assert(
      fc.property(history, (events) => {
        const shift = new Shift();
        play(events, shift, ({ observation, seen }) => {
          expect(observe(seen, observation, shift.world.now)).toEqual(seen);
        });
      }),
    );
  });

  it('a new history begins with one baseline, whatever happened, and then goes on', () => {
    fc.assert(
      fc.property(history, history, (first, second) => {
        const shift = new Shift();
        play(first, shift);
        shift.settle();
        shift.alerts = [];
        shift.reader.hasBaseline = false;
        const { due } = shift.scan();
        expect(due.map(({ reason }) => reason)).toEqual(['baseline']);
        expect([...shift.reader.known.keys()].sort()).toEqual(shift.openKeys());
        play(second, shift);
      }),
    );
  });
});

function reversed(findings: readonly Finding[]): readonly Finding[] {
  return findings.toReversed();
}
