import type { Vm } from '../model.ts';
import { compilePatterns, foldCase } from '../wildcard.ts';
import type { VmSelection } from './policy.ts';

/** A VM as selections see it. */
export interface SelectableVm {
  readonly vm: Pick<Vm, 'id' | 'name'>;
  readonly host: string;
  /** In lower case. */
  readonly tags: readonly string[];
}

/** The same with the names folded once for all selections. */
export interface FoldedVm {
  readonly name: string;
  readonly id: string;
  readonly host: string;
  readonly tags: readonly string[];
}

export function foldVm({ vm, host, tags }: SelectableVm): FoldedVm {
  return { name: foldCase(vm.name), id: foldCase(vm.id), host: foldCase(host), tags };
}

/** Compiles a selection: every list that is not empty must match, within a list one match is enough. */
export function compileSelection({ vm, host, tag }: VmSelection): (folded: FoldedVm) => boolean {
  const matchesVm = vm.length === 0 ? null : compilePatterns(vm);
  const matchesHost = host.length === 0 ? null : compilePatterns(host);
  const matchesTag = tag.length === 0 ? null : compilePatterns(tag);
  return (folded) =>
    (matchesVm === null || matchesVm(folded.name) || matchesVm(folded.id)) &&
    (matchesHost === null || matchesHost(folded.host)) &&
    (matchesTag === null || folded.tags.some(matchesTag));
}
