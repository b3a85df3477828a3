import type { ByteSum } from '../byte-sum.ts';
import type { CheckpointChain } from '../chain.ts';
import type { VmView } from '../inventory.ts';
import { formatSum } from '../rules/size-limit.ts';
import { formatAge, formatBytes } from '../units.ts';
import { plainText } from './plain-text.ts';

/** What deleting a checkpoint would do, as in `moves 16.1 GiB, frees 0 B to 16.1 GiB, needs up to 16.1 GiB meanwhile`. */
export function deleteText({ onDelete }: CheckpointChain): string {
  const frees = freesText(onDelete.freesAtLeastBytes, onDelete.freesAtMostBytes);
  switch (onDelete.action) {
    case 'none':
      return 'merges nothing and frees nothing yet: other checkpoints branch off from it';
    case 'vanish':
      return `moves nothing, frees ${frees}`;
    case 'merge': {
      const needs =
        onDelete.needsBytes === null
          ? 'room needed meanwhile not known'
          : onDelete.needsBytes === 0
            ? 'needs no extra room'
            : `needs up to ${formatBytes(onDelete.needsBytes)} meanwhile`;
      return `moves ${amountText(onDelete.moves)}, frees ${frees}, ${needs}`;
    }
  }
}

function freesText(atLeastBytes: number | null, atMostBytes: number | null): string {
  if (atMostBytes === null) {
    return atLeastBytes === null || atLeastBytes === 0
      ? 'an unknown amount'
      : `at least ${formatBytes(atLeastBytes)}`;
  }
  if (atLeastBytes === null) return `up to ${formatBytes(atMostBytes)}`;
  if (atLeastBytes === atMostBytes) return formatBytes(atMostBytes);
  return `${formatBytes(atLeastBytes)} to ${formatBytes(atMostBytes)}`;
}

/** The checkpoint whose layer the VM writes to. */
export interface RunningLayer {
  readonly name: string;
  readonly links: CheckpointChain;
}

/** The checkpoint that the running state was branched off from; `null` when it is none, or not known. */
export function runningLayer({ vm, chain }: VmView): RunningLayer | null {
  for (const { id, name } of vm.checkpoints ?? []) {
    const links = chain.checkpoints.get(id);
    if (links?.isRunningLayer === true) return { name, links };
  }
  return null;
}

/**
 * What going back to a checkpoint would throw away: for good only the running layer, since what other checkpoints
 * hold stays restorable. `null` for side branches, whose distance is not a matter of time.
 */
export function revertText(
  links: CheckpointChain,
  checkpointAgeMs: number | null,
  running: RunningLayer | null,
): string | null {
  if (links.since === null) return null;
  const back = `goes back ${checkpointAgeMs === null ? 'an unknown time' : formatAge(checkpointAgeMs)}`;
  if (links.isRunningLayer || running === null) return `${back}; ${lostText(links.since, 'since')}`;
  const newest = `"${plainText(running.name)}"`;
  const since = isUnmeasured(links.since)
    ? 'what was written since was not measured'
    : `${formatSum(links.since)} written since`;
  return `${back} (${since}); ${lostText(running.links.layer, `since ${newest}`)}, ${newest} itself stays`;
}

function lostText(sum: ByteSum, since: string): string {
  return isUnmeasured(sum)
    ? `what was written ${since} is lost for good (how much was not measured)`
    : `${formatSum(sum)} written ${since} are lost for good`;
}

function amountText(sum: ByteSum): string {
  return isUnmeasured(sum) ? 'an amount that was not measured' : formatSum(sum);
}

function isUnmeasured({ bytes, atLeastBytes }: ByteSum): boolean {
  return bytes === null && atLeastBytes === 0;
}
