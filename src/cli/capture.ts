import { anonymise } from '../collector/anonymise.ts';
import { fetchReport } from '../collector/collector.ts';
import { createNodePowerShell } from '../collector/node-powershell.ts';
import { readReport } from '../collector/report.ts';
import { type CollectError, collectError, errorInfo } from '../core/collect-error.ts';
import { plainText } from '../core/render/plain-text.ts';
import { count, formatBytes } from '../core/units.ts';
import { configForCommand } from './config-for-command.ts';
import { untilInterrupted } from './interrupt.ts';
import type { CliIo } from './io.ts';
import { isThere, writeWholeFile } from './whole-file.ts';

/** So much of a path is shown. */
const MAX_PATH_LENGTH = 1000;

export interface CaptureRequest {
  /** Where the report goes; relative to the working directory. */
  readonly file: string;
  readonly config: string | null;
  readonly anonymise: boolean;
  /** Replace a file that is there. */
  readonly force: boolean;
}

/**
 * Reads this host and keeps the report, also one that says why nothing could be read: that is what a bug report needs.
 * Exit codes: 0 written, 1 no report or not written, 78 the configuration is wrong.
 */
export async function capture(request: CaptureRequest, io: CliIo): Promise<number> {
  const loaded = configForCommand(request.config, io);
  if (!loaded.ok) return loaded.exitCode;
  // Before the host is read, which may take minutes.
  if (await isUnwanted(request)) return tellThere(request, io);
  const { collector: config } = loaded.config;
  const machine = { platform: io.platform, arch: process.arch, env: io.env };
  const interrupt = untilInterrupted();
  try {
    const runner = createNodePowerShell(config.powershell, machine);
    const raw = await fetchReport({ runner, config }, interrupt.signal);
    if (!raw.ok) return tellFailure(raw.error, io);
    const text = request.anonymise ? anonymiseText(raw.text) : raw.text;
    if (text === null) return tellFailure(collectError('JSON_INVALID'), io);
    if (await isUnwanted(request)) return tellThere(request, io);
    const problem = await writeWholeFile(request.file, `${text}\n`);
    if (problem !== null) {
      io.stderr.write(
        `The report could not be written to ${plainText(request.file, MAX_PATH_LENGTH)}: ${plainText(problem, MAX_PATH_LENGTH)}\n`,
      );
      return 1;
    }
    io.stdout.write(
      `${await summary(text)}\nWritten to ${plainText(request.file, MAX_PATH_LENGTH)} (${formatBytes(text.length)}).\n`,
    );
    return 0;
  } finally {
    interrupt.dispose();
  }
}

async function isUnwanted({ file, force }: CaptureRequest): Promise<boolean> {
  return !force && (await isThere(file));
}

function tellThere({ file }: CaptureRequest, { stderr }: CliIo): number {
  stderr.write(`${plainText(file, MAX_PATH_LENGTH)} is there already; --force replaces it\n`);
  return 1;
}

function anonymiseText(text: string): string | null {
  try {
    return JSON.stringify(anonymise(JSON.parse(text)));
  } catch {
    return null;
  }
}

async function summary(text: string): Promise<string> {
  const read = await readReport(text, { host: null, readAt: null, durationMs: null });
  if (!read.ok) return `The host could not be read: ${sentence(read.error)}`;
  const { vms, facts, errors, files } = read.reading;
  const checkpoints = vms.reduce((sum, vm) => sum + (vm.checkpoints?.length ?? 0), 0);
  const troubled =
    errors.length +
    vms.reduce((sum, vm) => sum + vm.errors.length, 0) +
    files.filter(({ error }) => error !== null).length;
  const parts = [count(vms.length, 'VM'), count(checkpoints, 'checkpoint')];
  if (troubled > 0) parts.push(count(troubled, 'error'));
  return `${plainText(facts.name)}: ${parts.join(', ')}.`;
}

function tellFailure(error: CollectError, { stderr }: CliIo): number {
  stderr.write(`No report: ${sentence(error)}\n${errorInfo(error.code).advice}\n`);
  return 1;
}

function sentence({ code, detail }: CollectError): string {
  const { meaning } = errorInfo(code);
  return detail === null ? `${meaning}.` : `${meaning} (${plainText(detail, 500)}).`;
}
