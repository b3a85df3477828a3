import { checkActivity } from './activity.ts';
import { type Answer, answerAbout, weigh } from './answer.ts';
import type { AskedVm, Check, PreflightCheckId } from './check.ts';
import { checkType } from './checkpoint-type.ts';
import { checkCheckpoints } from './checkpoints.ts';
import { checkDisks } from './disks.ts';
import { checkGrowth } from './growth.ts';
import { checkGuestRole } from './guest-role.ts';
import { checkLayers } from './layers.ts';
import { outlookOf } from './outlook.ts';
import { checkReading } from './reading.ts';
import { checkReplica } from './replica.ts';
import { checkRoom } from './room.ts';
import { checkState } from './state.ts';

/**
 * Answers whether a checkpoint of the VM may be taken now, by what was read of it just now and by the policy.
 * Pure. More trouble never makes a yes of anything else.
 * @param acceptUnknown what is not known counts as a caution; not so while it is not known what the VM consists of.
 */
export function preflight(asked: AskedVm, acceptUnknown: boolean): Answer {
  const { seen, now } = asked;
  const { vm } = seen;
  const outlook = outlookOf(seen, now);
  const checks: readonly Check<PreflightCheckId>[] = [
    checkReading(seen),
    checkState(vm),
    checkActivity(vm),
    checkLayers(seen),
    checkReplica(vm.replicationMode),
    checkGuestRole(asked),
    checkType(vm),
    checkCheckpoints(asked),
    checkDisks(vm.disks),
    checkRoom(outlook?.volumes ?? null),
    checkGrowth(outlook),
  ];
  const isListed = vm.checkpoints !== null && vm.disks !== null;
  return answerAbout('preflight', seen, weigh(checks, acceptUnknown && isListed), outlook);
}
