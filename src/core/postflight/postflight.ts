import { type Answer, answerAbout, weigh } from '../preflight/answer.ts';
import type { AskedVm, Check, PostflightCheckId } from '../preflight/check.ts';
import { checkLayers } from '../preflight/layers.ts';
import { checkReadingOfChain } from '../preflight/reading.ts';
import { checkGone } from './gone.ts';
import { checkMerge } from './merge.ts';

/**
 * Answers whether a checkpoint of the VM is gone and merged: not listed, nothing at work, and no AVHDX file left that no
 * other checkpoint explains. Pure.
 * @param checkpoint its name or id; `null` asks for every ordinary one.
 */
export function postflight(asked: Pick<AskedVm, 'seen' | 'now'>, checkpoint: string | null): Answer {
  const { seen } = asked;
  const checks: readonly Check<PostflightCheckId>[] = [
    checkReadingOfChain(seen),
    checkGone(asked, checkpoint),
    checkMerge(seen.vm),
    checkLayers(seen),
  ];
  return answerAbout('postflight', seen, weigh(checks, false));
}
