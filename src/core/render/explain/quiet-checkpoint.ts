import { isOrdinary } from '../../policy/kinds.ts';
import { areDeclarationsUnread, areVmNotesUnread } from '../../policy/unread-notes.ts';
import { isHeldToEnd, judgedFrom } from '../../rules/checkpoint-expired.ts';
import type { RuleId } from '../../rules/index.ts';
import { formatSum } from '../../rules/size-limit.ts';
import { isDefaultName } from '../../rules/undocumented.ts';
import { formatAge } from '../../units.ts';
import { isUsers } from '../../view.ts';
import { formatInstant } from '../instant-text.ts';
import { plainText } from '../plain-text.ts';
import { durationsAhead, limitsAbove } from './levels.ts';
import type { QuietCheckpoint, WhyQuiet } from './quiet.ts';
import { shareText } from './share-text.ts';

/** Why a rule says nothing of a checkpoint. Every rule that judges checkpoints has its line here. */
export const QUIET_CHECKPOINT: Readonly<Partial<Record<RuleId, WhyQuiet<QuietCheckpoint>>>> = {
  'missing-checkpoint': ({ each }) =>
    each.checkpoint.kind === 'unknown' ? 'its type is not known' : 'its type is not Missing',
  'checkpoint-age': whyNotOld,
  'checkpoint-expired': whyNotExpired,
  'guest-role': whyNoRole,
  'avhdx-size': whyNotLarge,
  'uncovered-disk': whyCovered,
  'lifetime-ignored': whyUsed,
  'memory-state': withoutMemory,
  'production-fallback': whyNoFallback,
  undocumented: whyDocumented,
};

function whyNotOld(asked: QuietCheckpoint): string {
  const { each, hostNow, limits } = asked;
  const found = limits('checkpoint-age', each.checkpoint.kind);
  if (!found.ok) return found.why;
  const { endsAt } = each.lifetime;
  if (endsAt !== null && isHeldToEnd(each))
    return `not judged by age: it has a declared end, ${endText(asked, endsAt)}`;
  const { createdAt } = each.checkpoint;
  if (createdAt === null) return 'its age is not known';
  const age = Math.max(0, hostNow - createdAt);
  return `${formatAge(age)} old; ${durationsAhead(found.value, age)}`;
}

function whyNotExpired(asked: QuietCheckpoint): string {
  const { each, hostNow, limits } = asked;
  const { endsAt, ignored } = each.lifetime;
  const { createdAt } = each.checkpoint;
  if (endsAt === null) {
    if (ignored.length > 0) return 'no end was declared that counts';
    return areNotesUnread(asked) ? UNREAD : 'no end was declared';
  }
  const found = limits('checkpoint-expired');
  if (!found.ok) return found.why;
  return `declared end ${endText(asked, endsAt)}; ${durationsAhead(found.value, hostNow - judgedFrom(endsAt, createdAt, hostNow))}`;
}

function whyUsed({ each }: QuietCheckpoint): string {
  if (each.lifetime.text === null) return areNotesUnread({ each }) ? UNREAD : 'nothing was declared';
  return isHeldToEnd(each) ? 'the declared end counts' : 'the declared end could count';
}

const UNREAD = 'not known what is declared, as notes were not read';

function areNotesUnread({ each: { checkpoint, seen } }: Pick<QuietCheckpoint, 'each'>): boolean {
  return areDeclarationsUnread(checkpoint, seen.vm);
}

function endText({ seen }: QuietCheckpoint, endsAt: number): string {
  return formatInstant(endsAt, seen.reading.facts.utcOffsetMin);
}

function whyNoRole({ seen, each, hostNow, limits }: QuietCheckpoint): string {
  const found = limits('guest-role', each.checkpoint.kind);
  if (!found.ok) return found.why;
  if (seen.role === null) {
    const { guestProductType, disks } = seen.vm;
    const isKnown = guestProductType !== null && disks !== null && !areVmNotesUnread(seen.vm);
    return isKnown
      ? 'the VM has no role that forbids checkpoints'
      : 'no role of the VM is known that forbids checkpoints';
  }
  const { createdAt } = each.checkpoint;
  if (createdAt === null) return 'its age is not known';
  const age = Math.max(0, hostNow - createdAt);
  return `${formatAge(age)} old; ${durationsAhead(found.value, age)}`;
}

function whyNotLarge({ seen, each, limits }: QuietCheckpoint): string {
  const found = limits('avhdx-size', each.checkpoint.kind);
  if (!found.ok) return found.why;
  const { links } = each;
  if (links === null) return 'its layer is not known';
  return `layer ${formatSum(links.layer)}; ${limitsAbove(found.value)}${shareText(found.value, seen.chain.virtualBytes)}`;
}

function whyCovered({ each }: QuietCheckpoint): string {
  if (!isOrdinary(each.checkpoint.kind))
    return `does not judge ${plainText(each.checkpoint.kind, 64)} checkpoints`;
  return each.links?.uncovered == null ? 'not known which disks it covers' : 'it covers every disk of the VM';
}

function withoutMemory({ each: { checkpoint } }: QuietCheckpoint): string {
  if (checkpoint.hasMemory === null) return 'not known whether it carries memory';
  if (!checkpoint.hasMemory) return 'it carries no memory';
  return isOrdinary(checkpoint.kind)
    ? 'found nothing'
    : `does not judge ${plainText(checkpoint.kind, 64)} checkpoints`;
}

function whyNoFallback(asked: QuietCheckpoint): string {
  const { each, seen } = asked;
  if (each.checkpoint.hasMemory !== true || !isOrdinary(each.checkpoint.kind)) return withoutMemory(asked);
  return seen.vm.checkpointType === null
    ? 'not known which type of checkpoints the VM is set to'
    : 'the VM is not set to production checkpoints';
}

function whyDocumented({ each: { checkpoint } }: QuietCheckpoint): string {
  if (!isUsers(checkpoint)) return `does not judge ${plainText(checkpoint.kind, 64)} checkpoints`;
  if (!isDefaultName(checkpoint.name)) return 'its name is not one that Hyper-V gives';
  return (checkpoint.notes ?? '').trim() === '' ? 'its notes were not read' : 'it has notes';
}
