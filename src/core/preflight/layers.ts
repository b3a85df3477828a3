import { sumBytes } from '../byte-sum.ts';
import type { CollectError, ErrorCode } from '../collect-error.ts';
import { errorInfo } from '../collect-error.ts';
import { fileIndex } from '../fold.ts';
import { quoted } from '../render/quoted.ts';
import type { SeenVm } from '../rules/seen.ts';
import { formatSum } from '../rules/size-limit.ts';
import { count } from '../units.ts';
import type { Check } from './check.ts';

/** What makes it certain that a chain is damaged, rather than not looked at. */
const BROKEN: ReadonlySet<ErrorCode> = new Set([
  'VHD_NOT_FOUND',
  'VHD_CORRUPT',
  'PARENT_MISSING',
  'PARENT_MISMATCH',
  'CHAIN_LOOP',
]);

/** Whether every AVHDX file is explained by a checkpoint: one that is not is owed a merge, or left by a failed one. */
export function checkLayers(seen: SeenVm): Check<'layers'> {
  const id = 'layers';
  const broken = seen.chain.errors.find(({ code }) => BROKEN.has(code));
  if (broken !== undefined) return { id, verdict: 'no', text: brokenText(broken) };
  const lost = seen.vm.checkpoints?.find(({ kind }) => kind === 'missing');
  if (lost !== undefined) {
    return { id, verdict: 'no', text: `the configuration of checkpoint ${quoted(lost.name)} is lost` };
  }
  const owed = owedFiles(seen);
  if (owed.length > 0) {
    const files = fileIndex(seen.reading);
    const size = formatSum(sumBytes(owed.map((key) => files.get(key)?.fileBytes ?? null)));
    const text = `no checkpoint explains ${count(owed.length, 'AVHDX file')} (${size}): a merge waits, or has failed`;
    return { id, verdict: 'no', text };
  }
  if (!isFollowed(seen)) {
    return {
      id,
      verdict: 'unknown',
      text: 'which AVHDX files belong to which checkpoint could not be followed',
    };
  }
  const text =
    seen.chain.atLeastDepth === 0 ? 'it runs on no AVHDX file' : 'a checkpoint explains every AVHDX file';
  return { id, verdict: 'yes', text };
}

function brokenText({ code }: CollectError): string {
  return `its chain of disk files is broken: ${errorInfo(code).meaning}`;
}

/** AVHDX files that no checkpoint explains, by path key. While a checkpoint's disks are not known, any may be its own. */
function owedFiles({ chain, vm }: SeenVm): readonly string[] {
  if (!areDisksKnown(vm)) return [];
  return [...new Set([...chain.hiddenFiles, ...chain.unattributedFiles])];
}

function areDisksKnown({ disks, checkpoints }: SeenVm['vm']): boolean {
  return disks !== null && checkpoints?.every((checkpoint) => checkpoint.disks !== null) === true;
}

/** Whether every chain was followed to its end. Without checkpoints and AVHDX files there is nothing to follow. */
function isFollowed({ vm, chain }: SeenVm): boolean {
  if (!areDisksKnown(vm) || chain.depth === null) return false;
  return chain.errors.length === 0 || (chain.depth === 0 && vm.checkpoints?.length === 0);
}
