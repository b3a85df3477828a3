import { type CollectError, collectError } from '../core/collect-error.ts';
import type { DiskFile, DiskFileType, ParentLink } from '../core/model.ts';
import { toCollectError } from './report-error.ts';
import { firstProblem, type WireFile, wireFile } from './report-schema.ts';

/** VhdType of the Hyper-V module. */
const TYPES: ReadonlyMap<number | null, DiskFileType> = new Map([
  [2, 'fixed'],
  [3, 'dynamic'],
  [4, 'differencing'],
]);

const UNKNOWN_PARENT: ParentLink = { known: false, path: null };

/** Reads one file record; `null` when not even its path can be told. A bad record becomes a file of which nothing is known. */
export function readFile(
  record: unknown,
  index: number,
): { readonly file: DiskFile | null; readonly problem: string } {
  const parsed = wireFile.safeParse(record);
  if (parsed.success) return { file: toDiskFile(parsed.data), problem: '' };
  const problem = firstProblem(parsed.error, `files[${index}]`);
  const path = wireFile.shape.path.safeParse(Object(record).path);
  return { file: path.success ? unreadable(path.data, problem) : null, problem };
}

function toDiskFile(wire: WireFile): DiskFile {
  // Each format begins or ends with a header of its own (MS-VHDX 2.1, the VHD specification).
  const isSaidEmpty = wire.fileBytes === 0;
  return {
    path: wire.path,
    type: TYPES.get(wire.type) ?? 'unknown',
    fileBytes: isSaidEmpty ? null : wire.fileBytes,
    virtualBytes: wire.virtualBytes === 0 ? null : wire.virtualBytes,
    parent: toParent(wire),
    lastWriteAt: wire.lastWrite === null ? null : Date.parse(wire.lastWrite),
    error: wire.error === null ? (isSaidEmpty ? emptyError(wire.path) : null) : toCollectError(wire.error),
  };
}

function emptyError(path: string): CollectError {
  return collectError('STAT_FAILED', 'its length is said to be 0, which no virtual disk has', path);
}

function toParent({ via, type, parent }: WireFile): ParentLink {
  if (via !== 'get-vhd') return UNKNOWN_PARENT;
  if (parent !== null && parent !== '') return { known: true, path: parent };
  // Only of these it is certain that they have none: a differencing disk without a parent was not understood.
  const kind = TYPES.get(type);
  return kind === 'fixed' || kind === 'dynamic' ? { known: true, path: null } : UNKNOWN_PARENT;
}

function unreadable(path: string, problem: string): DiskFile {
  return {
    path,
    type: 'unknown',
    fileBytes: null,
    virtualBytes: null,
    parent: UNKNOWN_PARENT,
    lastWriteAt: null,
    error: collectError('RECORD_INVALID', problem, path),
  };
}
