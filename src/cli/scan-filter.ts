import type { HostView } from '../core/inventory.ts';
import type { AgentView } from '../core/view.ts';
import { compileNamePatterns, matchesAny, matchesWildcard } from '../core/wildcard.ts';
import type { CliIo } from './io.ts';

/** Patterns of VM names and host names to show; none shows all. */
export interface ScanFilter {
  readonly vm: readonly string[];
  readonly host: readonly string[];
}

/** Whether each pattern matches something; with `nothing` there is nothing to show. */
export type Matched = 'all' | 'some' | 'nothing';

/** The part of a view that was asked for. */
export function narrow(view: AgentView, { vm, host }: ScanFilter): AgentView {
  const isMeant = compileNamePatterns(vm);
  const hosts = view.inventory.hosts
    .filter((each) => matchesAny(host, each.host))
    .map((each): HostView => ({ ...each, vms: each.vms.filter((one) => isMeant(one.vm)) }));
  const names = new Set(hosts.map((each) => each.host));
  const findings = view.findings.filter(
    (finding) => names.has(finding.host) && (finding.vm === null ? vm.length === 0 : isMeant(finding.vm)),
  );
  return { ...view, inventory: { ...view.inventory, hosts }, findings };
}

/** Says which patterns match nothing: what was misspelt must not pass for healthy. @param view what they narrowed */
export function tellUnmatched(view: AgentView, { vm, host }: ScanFilter, io: CliIo): Matched {
  const { hosts } = view.inventory;
  const lostHosts = host.filter((pattern) => !hosts.some((each) => matchesWildcard(pattern, each.host)));
  if (lostHosts.length > 0) io.stderr.write(`No host matches ${listed(lostHosts)}.\n`);
  if (hosts.length === 0) return 'nothing';
  const lostVms = vm.filter((pattern) => {
    const isMeant = compileNamePatterns([pattern]);
    return !hosts.some(({ vms }) => vms.some((one) => isMeant(one.vm)));
  });
  if (lostVms.length > 0) io.stderr.write(`No VM matches ${listed(lostVms)} on what was read.\n`);
  // What was not read may hold it: the hosts are shown all the same.
  const isAllRead = hosts.every(({ attempt }) => attempt?.error == null);
  if (vm.length > 0 && lostVms.length === vm.length && isAllRead) return 'nothing';
  return lostHosts.length + lostVms.length > 0 ? 'some' : 'all';
}

function listed(patterns: readonly string[]): string {
  return patterns.map((pattern) => `"${pattern}"`).join(' or ');
}
