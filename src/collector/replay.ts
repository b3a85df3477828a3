import { readFile, stat } from 'node:fs/promises';
import { collectError } from '../core/collect-error.ts';
import { systemErrorText } from '../core/error-codes/system-error.ts';
import type { HostReport } from '../core/model.ts';
import { formatBytes, MIB } from '../core/units.ts';
import { excerpt } from './excerpt.ts';
import { readReport } from './report.ts';

const MAX_FILE_BYTES = 256 * MIB;
const EXPECTED = 'expected a JSON report as "checkpoint-agent capture" writes it';

/**
 * Reads a report from a file. What was captured on a host is told as of the moment it was captured: `readAt` is the report's own
 * time, and the host is the one named in it. A file that is no report is a failure with the code REPORT_UNREADABLE.
 */
export async function replayReport(path: string): Promise<HostReport> {
  let text: string;
  try {
    const { size } = await stat(path);
    if (size > MAX_FILE_BYTES) {
      return refused(path, `it has ${formatBytes(size)}, allowed are ${formatBytes(MAX_FILE_BYTES)}`);
    }
    text = decode(await readFile(path));
  } catch (error) {
    return refused(path, systemErrorText(error));
  }
  const read = await readReport(text, { host: null, readAt: null, durationMs: null });
  if (read.ok) return read.reading;
  if (read.error.code === 'JSON_INVALID') return refused(path, read.error.detail ?? 'it is no JSON');
  return {
    status: 'failed',
    host: read.host ?? path,
    failedAt: Date.now(),
    durationMs: 0,
    error: read.error,
  };
}

/** PowerShell's redirection writes UTF-16, and some editors a byte order mark. */
function decode(bytes: Buffer): string {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  return bytes.toString(isUtf16 ? 'utf16le' : 'utf8').replace(/^\ufeff/, '');
}

function refused(path: string, why: string): HostReport {
  return {
    status: 'failed',
    host: path,
    failedAt: Date.now(),
    durationMs: 0,
    error: collectError('REPORT_UNREADABLE', excerpt(`${why}; ${EXPECTED}`), path),
  };
}
