import { expect } from 'vitest';
import type { Alert, Notification } from '../src/core/alert/alert.ts';
import { anyHostRead, observationOf } from '../src/core/alert/completeness.ts';
import { dueNotifications, markNotified } from '../src/core/alert/notification.ts';
import { observe } from '../src/core/alert/observe.ts';
import { type Badness, type HostState, World } from './core/alert/world.ts';

/** A shift of an agent, told line by line: what happens on the hosts, and what the mails of each scan say. */
export interface Scenario {
  /** The VM is on these hosts, and its one checkpoint is this bad. */
  has(vm: string, badness: Badness, ...hosts: readonly string[]): Scenario;
  /** The same VM's replica: it has the same id and name. */
  replica(vm: string, badness: Badness, host: string): Scenario;
  unreadable(vm: string): Scenario;
  readable(vm: string): Scenario;
  host(name: string, state: HostState): Scenario;
  /** An exception of the configuration covers the VM up to this day, by default for years. */
  excepted(vm: string, until?: string): Scenario;
  /** The exception is taken out of the configuration. */
  unexcepted(vm: string): Scenario;
  /** Mail is not configured until it is said to be. */
  mail(isConfigured: boolean): Scenario;
  restarts(): Scenario;
  /** The database is lost. */
  forgets(): Scenario;
  waits(ms: number): Scenario;
  /** One scan, or several, and what they mail in total: `new SQL01`, `resolved SQL01`, `baseline(SQL01 WEB07)`. */
  scan(...mails: readonly string[]): Scenario;
  scans(times: number, ...mails: readonly string[]): Scenario;
  readonly alerts: readonly Alert[];
}

export function scenario(...hosts: readonly string[]): Scenario {
  const world = new World(hosts.length === 0 ? ['hv01', 'hv02'] : hosts);
  let alerts: readonly Alert[] = [];
  let isBaselined = false;
  let hasMail = true;

  const scanOnce = (): readonly string[] => {
    const inventory = world.scan();
    alerts = restore(observe(alerts, observationOf(inventory, world.findings()), world.now));
    if (!hasMail) return [];
    const state = { isBaselined, anyHostRead: anyHostRead(inventory) };
    const due = dueNotifications(alerts, state);
    alerts = restore(markNotified(alerts, due, world.now));
    isBaselined ||= due.some(({ reason }) => reason === 'baseline');
    expect(dueNotifications(alerts, { ...state, isBaselined })).toEqual([]);
    return due.map(describeNotification);
  };

  const s: Scenario = {
    has(vm, badness, ...on) {
      Object.assign(world.vm(vm), { badness, hosts: on });
      return s;
    },
    replica(vm, badness, host) {
      Object.assign(world.vm(`${vm}@replica`), {
        name: vm,
        badness,
        hosts: [host],
        replicationMode: 'replica',
      });
      return s;
    },
    unreadable(vm) {
      world.vm(vm).isReadable = false;
      return s;
    },
    readable(vm) {
      world.vm(vm).isReadable = true;
      return s;
    },
    host(name, state) {
      world.states.set(name, state);
      return s;
    },
    excepted(vm, until = '2031-12-31') {
      world.vm(vm).exceptedUntil = until;
      return s;
    },
    unexcepted(vm) {
      world.vm(vm).exceptedUntil = null;
      return s;
    },
    mail(isConfigured) {
      hasMail = isConfigured;
      return s;
    },
    restarts() {
      world.restart();
      return s;
    },
    forgets() {
      alerts = [];
      isBaselined = false;
      return s;
    },
    waits(ms) {
      world.now += ms;
      return s;
    },
    scan: (...mails) => s.scans(1, ...mails),
    scans(times, ...mails) {
      const told = Array.from({ length: times }, scanOnce).flat();
      expect(told.toSorted()).toEqual([...mails].sort());
      return s;
    },
    get alerts() {
      return alerts;
    },
  };
  return s;
}

/** What a restart between any two steps does to the alerts. */
function restore(alerts: readonly Alert[]): readonly Alert[] {
  return JSON.parse(JSON.stringify(alerts));
}

export function describeNotification(notification: Notification): string {
  if (notification.reason === 'baseline') return `baseline(${notification.alerts.map(nameOf).join(' ')})`;
  return `${notification.reason} ${nameOf(notification.alert)}`;
}

function nameOf({ finding }: Alert): string {
  return finding.vm?.name ?? finding.host;
}
