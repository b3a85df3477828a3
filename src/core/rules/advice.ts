import type { CheckpointKind } from '../model.ts';

const BY_HAND = 'Never delete .avhdx files by hand.';

/**
 * How to get rid of a checkpoint, which depends on who made it.
 * @param own what the configuration advises for the kind; `null` when it says nothing.
 */
export function removalAdvice(kind: CheckpointKind, own: string | null): string {
  if (own !== null) return `${/[.!?]$/.test(own) ? own : `${own}.`} ${BY_HAND}`;
  switch (kind) {
    case 'backup':
      return `Remove it in the console of the backup product; it belongs to a backup job. ${BY_HAND}`;
    case 'replica':
      return `Hyper-V Replica rotates its recovery points itself; change their number in the replication settings. ${BY_HAND}`;
    case 'planned':
      return `It belongs to a VM that is being imported or moved; finish or cancel that operation. ${BY_HAND}`;
    case 'missing':
      return `Its configuration is lost; restore it from a backup, or ask Microsoft support before removing it. ${BY_HAND}`;
    case 'automatic':
      return `Hyper-V made it when the VM was started. Delete it, and turn the feature off for servers (Set-VM -AutomaticCheckpointsEnabled $false). ${BY_HAND}`;
    default:
      return `Take a backup, then delete the checkpoint outside busy hours in Hyper-V Manager or with Remove-VMCheckpoint. ${BY_HAND}`;
  }
}
