import { coverageGaps, type Gap } from '../coverage.ts';
import type { Finding } from '../finding.ts';
import type { HostView } from '../inventory.ts';
import { type AgentView, sortedHosts, type VmRow, vmKey, vmRows } from '../view.ts';
import { compileNamePatterns, hasWildcard, matchesAny, matchesWildcard } from '../wildcard.ts';
import type { CheckOptions } from './options.ts';

/** The part of the view that a check is about. */
export interface Scope {
  readonly hosts: readonly HostView[];
  readonly rows: readonly VmRow[];
  readonly findings: readonly Finding[];
  readonly gaps: readonly Gap[];
  /** The first pattern that matches nothing: a VM that is gone must not pass for a healthy one. */
  readonly unmatched: string | null;
}

/** Selects what the patterns of hosts and VMs name. VMs are also known by their whole ids. */
export function selectScope(view: AgentView, options: CheckOptions): Scope {
  const hosts = sortedHosts(view.inventory).filter(({ host }) => matchesAny(options.hosts, host));
  const ofHosts = vmRows({ ...view, inventory: { ...view.inventory, hosts } });
  const isNamed = compileNamePatterns(options.vms);
  const rows = ofHosts.filter(({ vm }) => isNamed(vm));
  const hostNames = new Set(hosts.map(({ host }) => host));
  const keys = new Set(rows.map(({ host, vm }) => vmKey(host.host, vm.id)));
  const isAllVms = options.vms.length === 0;
  const isAll = isAllVms && options.hosts.length === 0;
  const hasRow = (host: string): boolean => rows.some((row) => row.host.host === host);
  return {
    hosts,
    rows,
    findings: view.findings.filter(({ host, vm }) =>
      vm === null ? isAllVms && (isAll || hostNames.has(host)) : keys.has(vmKey(host, vm.id)),
    ),
    gaps: coverageGaps(view).filter(({ host, vm }) => {
      if (!hostNames.has(host)) return false;
      if (vm !== null) return keys.has(vmKey(host, vm.id));
      // A VM that a wildcard means may be on a host that was not read; one that is named was found elsewhere.
      return hasRow(host) || isAllVms || options.vms.some(hasWildcard);
    }),
    unmatched: unmatched(options, view.inventory.hosts, ofHosts),
  };
}

function unmatched(options: CheckOptions, hosts: readonly HostView[], rows: readonly VmRow[]): string | null {
  const host = options.hosts.find((pattern) => !hosts.some((each) => matchesWildcard(pattern, each.host)));
  if (host !== undefined) return `no host matches "${host}"`;
  const vm = options.vms.find((pattern) => {
    const isNamed = compileNamePatterns([pattern]);
    return !rows.some((row) => isNamed(row.vm));
  });
  return vm === undefined ? null : `no VM matches "${vm}"`;
}
