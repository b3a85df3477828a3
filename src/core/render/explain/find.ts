import { type Finding, findingKey } from '../../finding.ts';
import { findingsById, type Hash } from '../../finding-id.ts';
import { type DistinctVm, distinctVms } from '../../inventory.ts';
import type { Checkpoint } from '../../model.ts';
import { checkpointSubject, vmSubject } from '../../rules/subject.ts';
import { type AgentView, compareText } from '../../view.ts';
import { compileNamePatterns, compilePattern, foldCase, type NameMatcher } from '../../wildcard.ts';

/** Something that can be explained. */
export type Thing =
  /** A VM with all of its checkpoints, with one of them, or, for none, what concerns it as a whole. */
  | { readonly type: 'vm'; readonly vm: DistinctVm; readonly checkpoints: readonly Checkpoint[] | 'all' }
  | { readonly type: 'host'; readonly host: string }
  /** About a VM that is gone, or about the configuration. */
  | { readonly type: 'finding'; readonly finding: Finding };

/**
 * What a text names, the first of these that there is: a finding by its key `rule|subject`; VMs by name, `*` and `?`
 * allowed, or by id; checkpoints likewise; a finding by its short id; hosts. By name, then id.
 */
export function findThings(view: AgentView, what: string, hash: Hash): readonly Thing[] {
  const { findings, inventory } = view;
  const vms = distinctVms(inventory).toSorted(compareVms);
  const matches = compilePattern(what);
  const isNamed = compileNamePatterns([what]);
  const steps: readonly (() => readonly Thing[])[] = [
    () => findings.filter((finding) => findingKey(finding) === what).map((finding) => thingOf(finding, vms)),
    () => vms.filter(({ view: { vm } }) => isNamed(vm)).map((vm) => ({ type: 'vm', vm, checkpoints: 'all' })),
    () => vms.flatMap((vm) => checkpointsOf(vm, isNamed)),
    () => findingsById(findings, what, hash).map((finding) => thingOf(finding, vms)),
    () =>
      inventory.hosts
        .filter(({ host }) => matches(foldCase(host)))
        .map(({ host }) => ({ type: 'host', host })),
  ];
  for (const step of steps) {
    const things = step();
    if (things.length > 0) return things;
  }
  // What is copied from a table brings its blanks along.
  const trimmed = what.trim();
  return trimmed === what || trimmed === '' ? [] : findThings(view, trimmed, hash);
}

function checkpointsOf(vm: DistinctVm, isNamed: NameMatcher): readonly Thing[] {
  const checkpoints = (vm.view.vm.checkpoints ?? []).filter(isNamed);
  return checkpoints.length === 0 ? [] : [{ type: 'vm', vm, checkpoints }];
}

/** What a finding is about, as it is now. */
function thingOf(finding: Finding, vms: readonly DistinctVm[]): Thing {
  if (finding.subject.startsWith('host:')) return { type: 'host', host: finding.host };
  for (const vm of vms) {
    if (vmSubject(vm.view.vm) === finding.subject) return { type: 'vm', vm, checkpoints: [] };
    const checkpoint = vm.view.vm.checkpoints?.find(
      (each) => checkpointSubject(vm.view.vm, each) === finding.subject,
    );
    if (checkpoint !== undefined) return { type: 'vm', vm, checkpoints: [checkpoint] };
  }
  return { type: 'finding', finding };
}

function compareVms(a: DistinctVm, b: DistinctVm): number {
  const [left, right] = [a.view.vm, b.view.vm];
  return compareText(left.name, right.name) || compareText(left.id, right.id);
}
