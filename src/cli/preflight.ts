import { compilePolicy } from '../core/policy/compile.ts';
import { preflight as judgePreflight } from '../core/preflight/preflight.ts';
import { answerFor, readFile, readLive, tellAnswer, type VmRequest } from './ask-vm.ts';
import { configForCommand } from './config-for-command.ts';
import { untilInterrupted } from './interrupt.ts';
import type { CliIo } from './io.ts';
import { tellAdvice } from './read-hosts.ts';

export interface PreflightRequest extends VmRequest {
  /** What is not known counts as a caution. */
  readonly acceptUnknown: boolean;
}

/**
 * Says whether a checkpoint of the VM may be taken now, and takes none. Exit codes: 0 yes, 4 no, 1 not known, 78 the
 * configuration is wrong.
 */
export async function preflight(request: PreflightRequest, io: CliIo): Promise<number> {
  const loaded = configForCommand(request.config, io);
  if (!loaded.ok) return loaded.exitCode;
  const { config } = loaded;
  const interrupt = untilInterrupted();
  try {
    const read =
      request.fromFile === null
        ? await readLive(config, io, interrupt.signal)
        : await readFile(request.fromFile);
    const policy = compilePolicy(config.policy);
    const answer = answerFor('preflight', request.vm, { ...read, policy }, (asked) =>
      judgePreflight(asked, request.acceptUnknown),
    );
    const exitCode = tellAnswer(answer, request.json, io);
    for (const report of read.reports) tellAdvice(report, io);
    return exitCode;
  } finally {
    interrupt.dispose();
  }
}
