import { isStale, isVmComplete } from '../../inventory.ts';
import { CHECKPOINT_TYPES } from '../../rules/checkpoint-policy.ts';
import type { RuleId } from '../../rules/index.ts';
import { formatSum, judgeSize } from '../../rules/size-limit.ts';
import { totalWithoutReplica } from '../../rules/vm-avhdx-total.ts';
import { count } from '../../units.ts';
import { plainText } from '../plain-text.ts';
import { limitsAbove } from './levels.ts';
import type { QuietVm, WhyQuiet } from './quiet.ts';
import { shareText } from './share-text.ts';

/** Why a rule says nothing of a VM as a whole. Every rule that judges VMs has its line here. */
export const QUIET_VM: Readonly<Partial<Record<RuleId, WhyQuiet<QuietVm>>>> = {
  'vm-critical-state': ({ seen }) => `state ${plainText(seen.vm.state.name, 60)}`,
  'vm-avhdx-total': whyNotLarge,
  'checkpoint-count': whyNotMany,
  'chain-depth': whyNotDeep,
  'checkpoint-policy': whyAllowed,
  'scan-incomplete': whyComplete,
};

function whyComplete({ seen }: QuietVm): string {
  if (isStale(seen.host))
    return 'the latest try to read its host failed; that is for host-unreachable to say';
  return isVmComplete(seen) ? 'everything about it was read' : 'what was not read passes by itself';
}

function whyNotLarge({ seen, limits }: QuietVm): string {
  const found = limits('vm-avhdx-total');
  if (!found.ok) return found.why;
  const levels = seen.rules['vm-avhdx-total'];
  const total = totalWithoutReplica(seen);
  const isCrossed = levels !== null && judgeSize(total, seen.chain.virtualBytes, levels) !== null;
  const sum = formatSum(total);
  return isCrossed
    ? `all AVHDX ${sum}; a finding about a checkpoint says it already`
    : `all AVHDX ${sum}; ${limitsAbove(found.value)}${shareText(found.value, seen.chain.virtualBytes)}`;
}

function whyNotMany({ seen, limits }: QuietVm): string {
  const found = limits('checkpoint-count');
  if (!found.ok) return found.why;
  const { checkpoints } = seen.vm;
  if (checkpoints === null) return 'its checkpoints were not read';
  const counted = checkpoints.filter(({ kind }) => kind !== 'replica').length;
  return `${count(counted, 'checkpoint')}; ${limitsAbove(found.value)}`;
}

function whyNotDeep({ seen, limits }: QuietVm): string {
  const found = limits('chain-depth');
  if (!found.ok) return found.why;
  const checkpoints = seen.vm.checkpoints ?? [];
  if (checkpoints.length > 0 && checkpoints.every(({ kind }) => kind === 'replica')) {
    return 'chains of nothing but recovery points are not judged';
  }
  const { depth, atLeastDepth } = seen.chain;
  const files = depth === null ? `at least ${atLeastDepth}` : `${depth}`;
  return `${files} AVHDX one upon the other; ${limitsAbove(found.value)}`;
}

function whyAllowed({ seen: { vm } }: QuietVm): string {
  const type = vm.checkpointType === null ? null : (CHECKPOINT_TYPES.get(vm.checkpointType) ?? null);
  const automatic = vm.automaticCheckpoints === null ? 'not known' : vm.automaticCheckpoints ? 'on' : 'off';
  return `type ${type ?? 'not known'}, automatic checkpoints ${automatic}`;
}
