import { type CollectError, collectError, isErrorCode } from '../core/collect-error.ts';
import { excerpt } from './excerpt.ts';
import type { WireError } from './report-schema.ts';

const MAX_TARGET_LENGTH = 1024;
/** One broken script must not fill every output with the same sentence. */
const MAX_INVALID_RECORDS = 20;

/** An error of the report. A code that this agent does not know is still an error. */
export function toCollectError({ code, detail, target }: WireError): CollectError {
  const said = detail == null ? null : excerpt(detail);
  const about = target == null ? null : target.slice(0, MAX_TARGET_LENGTH);
  if (isErrorCode(code)) return collectError(code, said, about);
  return collectError('SCRIPT_FAILED', `${excerpt(code, 60)}: ${said ?? 'no detail'}`, about);
}

/** The errors about records that could not be understood: the first ones singly, the others counted. */
export function invalidRecords(problems: readonly CollectError[]): readonly CollectError[] {
  if (problems.length <= MAX_INVALID_RECORDS) return problems;
  const more = problems.length - MAX_INVALID_RECORDS;
  return [
    ...problems.slice(0, MAX_INVALID_RECORDS),
    collectError('RECORD_INVALID', `and ${more} more records`),
  ];
}
