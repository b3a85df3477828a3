import { collectError } from '../../../src/core/collect-error.ts';
import { attributeVms, foldReport, inventoryOf, unreadHost } from '../../../src/core/fold.ts';
import type { HostView, Inventory } from '../../../src/core/inventory.ts';
import type { HostReport, Instant, ReplicationMode } from '../../../src/core/model.ts';
import type { Policy } from '../../../src/core/policy/compile.ts';
import { GIB, MINUTE_MS } from '../../../src/core/units.ts';
import { guid, host as hostOf, NOW } from '../../builders.ts';
import { findingsIn, policyOf, policyOfRules } from '../../policy.ts';

/** How bad the one checkpoint of a VM is; `gone` was deleted. */
export type Badness = 'critical' | 'warning' | 'info' | 'fine' | 'gone';
export type HostState = 'up' | 'down' | 'partly';

interface WorldVm {
  name: string;
  badness: Badness;
  /** Hosts that list it: two while it is seen on both ends of a migration, none while in flight or after deletion. */
  hosts: readonly string[];
  isReadable: boolean;
  replicationMode: ReplicationMode;
  /** The last day of an exception for it, such as `2026-12-31`. */
  exceptedUntil: string | null;
}

export const SCAN_EVERY_MS = 15 * MINUTE_MS;

const LAYER_BYTES: Readonly<Record<Exclude<Badness, 'gone'>, number>> = {
  critical: 250 * GIB,
  warning: 60 * GIB,
  info: 30 * GIB,
  fine: GIB,
};

const level = (gib: number) => ({ bytes: gib * GIB, ratio: null });

const POLICY = policyOfRules({
  'avhdx-size': { user: { info: level(20), warning: level(50), critical: level(200) } },
  'vm-avhdx-total': null,
  'checkpoint-age': null,
  'scan-incomplete': null,
  'clock-skew': null,
  'host-unreachable': { info: null, warning: 40 * MINUTE_MS, critical: 24 * 60 * MINUTE_MS },
});

const known = new Map<string, Policy>();

/** The policy with an exception for each of these VMs, by name and last day. */
function policyWith(ends: readonly (readonly [vm: string, until: string])[]): Policy {
  const exceptions = ends.map(([vm, until]) => ({ vm, rules: 'avhdx-size', reason: 'agreed', until }));
  const yaml = JSON.stringify({ exceptions });
  const policy = known.get(yaml) ?? policyOf(yaml);
  known.set(yaml, policy);
  return { ...policy, rules: POLICY.rules, rulesFor: POLICY.rulesFor };
}

/** Hosts and VMs as they really are, scanned by the real fold and judged by real rules. */
export class World {
  now: Instant = NOW;
  readonly vms = new Map<string, WorldVm>();
  readonly states = new Map<string, HostState>();
  #views = new Map<string, HostView>();

  constructor(hosts: readonly string[]) {
    for (const host of hosts) {
      this.states.set(host, 'up');
      this.#views.set(host, unreadHost(host));
    }
  }

  vm(name: string): WorldVm {
    const vm: WorldVm = this.vms.get(name) ?? {
      name,
      badness: 'fine',
      hosts: [],
      isReadable: true,
      replicationMode: 'none',
      exceptedUntil: null,
    };
    this.vms.set(name, vm);
    return vm;
  }

  /** What the agent remembers over a restart: the last good readings, but no attempt in this life. */
  restart(): void {
    for (const [host, view] of this.#views)
      this.#views.set(host, { ...view, attempt: null, unreadSince: null });
  }

  scan(): Inventory {
    this.now += SCAN_EVERY_MS;
    for (const [host, view] of this.#views) {
      const report = this.#report(host);
      this.#views.set(
        host,
        foldReport(view, report, report.status === 'read' ? attributeVms(report) : view.vms),
      );
    }
    return this.inventory();
  }

  inventory(): Inventory {
    return inventoryOf([...this.#views.values()], this.now);
  }

  findings() {
    const ends = [...this.vms.values()].flatMap(({ name, exceptedUntil }) =>
      exceptedUntil === null ? [] : [[name, exceptedUntil] as const],
    );
    return findingsIn(this.inventory(), this.now, { policy: policyWith(ends) });
  }

  #report(host: string): HostReport {
    const state = this.states.get(host);
    if (state === 'down') {
      return { status: 'failed', host, failedAt: this.now, durationMs: 1, error: collectError('TIMEOUT') };
    }
    const vms = [...this.vms.values()].filter((vm) => vm.hosts.includes(host));
    const reading = hostOf({
      host,
      readAt: this.now,
      vms: vms.map((vm) => ({
        name: vm.name,
        replicationMode: vm.replicationMode,
        checkpoints: !vm.isReadable
          ? null
          : vm.badness === 'gone'
            ? []
            : [{ id: guid(`${vm.name}/patch`), name: 'patch', layerBytes: LAYER_BYTES[vm.badness] }],
        errors: vm.isReadable ? [] : [collectError('SNAPSHOT_ENUM_FAILED')],
      })),
      errors: state === 'partly' ? [collectError('ENUMERATION_FAILED')] : [],
    }).reading;
    if (reading === null) throw new Error('a reading was asked for');
    return reading;
  }
}
