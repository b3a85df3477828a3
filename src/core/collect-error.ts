import type { ErrorCodeInfo } from './error-codes/error-code-info.ts';
import { FILE_ERROR_CODES } from './error-codes/file.ts';
import { HOST_ERROR_CODES } from './error-codes/host.ts';
import { VM_ERROR_CODES } from './error-codes/vm.ts';

export { type ErrorCodeInfo, FAILURE_REASONS, type FailureReason } from './error-codes/error-code-info.ts';

/** Every way in which a look at a host can fail, wholly or in part. The one table of them. */
export const ERROR_CODES = { ...HOST_ERROR_CODES, ...VM_ERROR_CODES, ...FILE_ERROR_CODES };

export type ErrorCode = keyof typeof ERROR_CODES;

/** A failure met while looking; a value, not an exception. Messages are for people and may be localised. */
export interface CollectError {
  readonly code: ErrorCode;
  /** What the other side said, bounded and without control characters; never needed to classify. */
  readonly detail: string | null;
  /** The path, property, checkpoint or host it concerns. */
  readonly target: string | null;
}

/** Makes a `CollectError`. */
export function collectError(
  code: ErrorCode,
  detail: string | null = null,
  target: string | null = null,
): CollectError {
  return { code, detail, target };
}

export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(ERROR_CODES, text);
}

/** Scope, reason, meaning and advice of an error code. */
export function errorInfo(code: ErrorCode): ErrorCodeInfo {
  return ERROR_CODES[code];
}
