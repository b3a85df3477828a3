import { type DistinctVm, distinctVms } from '../../inventory.ts';
import { type AgentView, compareText } from '../../view.ts';
import { readDeclarations } from '../lifetime/declaration.ts';
import { type AgeProposal, proposeAges } from './ages.ts';
import { type ExceptionProposal, proposeExceptions } from './exceptions.ts';
import { type KindProposal, proposeKinds } from './kinds.ts';
import { type PresetProposal, proposePresets } from './presets.ts';
import { sharedNames } from './shared-names.ts';
import { proposeShares, type ShareProposal } from './shares.ts';

/** Proposals of one sort: more than fit into a file that people read are only counted. */
export interface Proposed<T> {
  readonly items: readonly T[];
  readonly more: number;
}

/** What a configuration could say about what is there. Nothing of it is meant to be taken unread. */
export interface Proposals {
  readonly presets: readonly PresetProposal[];
  readonly kinds: Proposed<KindProposal>;
  readonly ages: AgeProposal | null;
  readonly shares: Proposed<ShareProposal>;
  readonly exceptions: Proposed<ExceptionProposal>;
  /** Tags that are written in notes of VMs, the most frequent first. */
  readonly tags: Proposed<{ readonly tag: string; readonly vms: number }>;
}

const MOST = 20;

/**
 * @param view judged by the defaults, since that is what the new configuration begins with
 */
export function proposalsFor(view: AgentView): Proposals {
  const vms = distinctVms(view.inventory);
  const isSharedVm = sharedNames(vms.map(({ view: { vm } }) => vm.name));
  const { presets, named } = proposePresets(vms);
  // A preset has limits of its own for such a VM.
  const isNotNamed = ({ view: { vm } }: DistinctVm): boolean =>
    vm.checkpoints?.some((each) => named.has(each)) !== true;
  return {
    presets,
    kinds: firstOf(proposeKinds(vms, named)),
    ages: proposeAges(vms, named, view.now),
    shares: firstOf(proposeShares(view, vms.filter(isNotNamed), isSharedVm)),
    exceptions: firstOf(proposeExceptions(view, { vms, isSharedVm, ignored: named })),
    tags: firstOf(declaredTags(vms)),
  };
}

function firstOf<T>(all: readonly T[]): Proposed<T> {
  return { items: all.slice(0, MOST), more: Math.max(0, all.length - MOST) };
}

function declaredTags(vms: readonly DistinctVm[]): readonly { readonly tag: string; readonly vms: number }[] {
  const tags = vms.flatMap(({ view: { vm } }) => readDeclarations(vm.notes ?? '', 'vm-notes').tags);
  return [...Map.groupBy(tags, (tag) => tag)]
    .map(([tag, of]) => ({ tag, vms: of.length }))
    .sort((a, b) => b.vms - a.vms || compareText(a.tag, b.tag));
}
