import type { CollectError, ErrorCode } from '../collect-error.ts';
import { coverageGaps, errorText, type Gap } from '../coverage.ts';
import type { SeenVm } from '../rules/seen.ts';
import { count } from '../units.ts';
import type { Check } from './check.ts';

/** What other checks say in words of their own. */
const SAID_ELSEWHERE: ReadonlySet<ErrorCode> = new Set(['BUSY_SKIPPED', 'VM_MIGRATING']);

/** Whether everything about the VM was read that has a say in whether a checkpoint may be taken. */
export function checkReading(seen: SeenVm): Check<'reading'> {
  return readingCheck(seen, gapsOf(seen));
}

/** The same for what was deleted: how large files are has no say then. */
export function checkReadingOfChain(seen: SeenVm): Check<'reading'> {
  return readingCheck(
    seen,
    gapsOf(seen).filter(({ type }) => type !== 'sizes'),
  );
}

function readingCheck(seen: SeenVm, gaps: readonly Gap[]): Check<'reading'> {
  const id = 'reading';
  const texts = gaps.flatMap((gap) => {
    const errors = gap.errors.filter((error) => !isSaidElsewhere(error, seen));
    return errors.length === 0 ? [] : [gapText(gap, errors)];
  });
  if (texts.length > 0) return { id, verdict: 'unknown', text: texts.join('; ') };
  return { id, verdict: 'yes', text: ['all of it was read', ...leftAlone(seen)].join(', but for ') };
}

/** What nobody can look at, or not now. */
function leftAlone({ vm }: SeenVm): readonly string[] {
  return [
    ...(vm.errors.some(({ code }) => SAID_ELSEWHERE.has(code)) ? ['disks that are busy'] : []),
    ...(vm.disks?.some(({ kind }) => kind === 'vhdset') === true ? ['the inside of a VHD set'] : []),
  ];
}

function gapsOf({ host, vm, chain }: SeenVm): readonly Gap[] {
  return coverageGaps({ inventory: { at: 0, hosts: [{ ...host, vms: [{ vm, chain }] }] } });
}

function isSaidElsewhere({ code }: CollectError, { vm }: SeenVm): boolean {
  if (code === 'VHDSET_UNMEASURED') return true;
  // A file may also be left alone because another VM is busy with it, and that no other check tells.
  return SAID_ELSEWHERE.has(code) && vm.errors.some((error) => error.code === code);
}

function gapText({ type, host }: Gap, errors: readonly CollectError[]): string {
  const why = [...new Set(errors.map(errorText))].join('; ');
  switch (type) {
    case 'host':
      return `${host} was not read this time: ${why}`;
    case 'host-part':
      return `${host} was read in part: ${why}`;
    case 'vm':
      return `it was not wholly read: ${why}`;
    case 'sizes':
      return `${filesText(errors)} not measured: ${why}`;
  }
}

function filesText(errors: readonly CollectError[]): string {
  const files = errors.filter(({ target }) => target !== null).length;
  return files === 0 ? 'disks' : count(files, 'disk file');
}
