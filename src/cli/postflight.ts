import { systemClock, systemTimers } from '../agent/clock.ts';
import type { Config } from '../config/config.ts';
import { compilePolicy } from '../core/policy/compile.ts';
import { postflight as judgePostflight } from '../core/postflight/postflight.ts';
import type { Answer } from '../core/preflight/answer.ts';
import { SECOND_MS } from '../core/units.ts';
import type { Clock, Timers } from '../ports.ts';
import {
  answerFor,
  type ReadHosts,
  type ReadNow,
  readFile,
  readLive,
  tellAnswer,
  type VmRequest,
} from './ask-vm.ts';
import { configForCommand } from './config-for-command.ts';
import { untilInterrupted } from './interrupt.ts';
import type { CliIo } from './io.ts';
import { showProgress, tellAdvice } from './read-hosts.ts';

export interface PostflightRequest extends VmRequest {
  /** The checkpoint's name or id; `null` asks for every ordinary one. */
  readonly checkpoint: string | null;
  /** How long to read again and again until the answer is yes; 0 reads once. */
  readonly waitMs: number;
}

/** Time and hosts, as tests bring their own. */
export interface PostflightWorld {
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly timers: Timers;
  readonly read: ReadHosts;
}

const REAL: PostflightWorld = { clock: systemClock, timers: systemTimers, read: readLive };

/** The time from the end of one reading to the next. */
const PAUSE_MS = 15 * SECOND_MS;

/**
 * Says whether the checkpoint is gone and merged, and deletes none. Exit codes: 0 yes, 4 not yet, 1 not known, 78 the
 * configuration is wrong.
 */
export async function postflight(
  request: PostflightRequest,
  io: CliIo,
  world: PostflightWorld = REAL,
): Promise<number> {
  const loaded = configForCommand(request.config, io);
  if (!loaded.ok) return loaded.exitCode;
  const { fromFile } = request;
  const interrupt = untilInterrupted();
  try {
    const { answer, read } = await untilYes(request, {
      config: loaded.config,
      read: () => (fromFile === null ? world.read(loaded.config, io, interrupt.signal) : readFile(fromFile)),
      signal: interrupt.signal,
      world,
      io,
    });
    const exitCode = tellAnswer(answer, request.json, io);
    for (const report of read.reports) tellAdvice(report, io);
    return exitCode;
  } finally {
    interrupt.dispose();
  }
}

interface Waiting {
  readonly config: Config;
  readonly read: () => Promise<ReadNow>;
  readonly signal: AbortSignal;
  readonly world: PostflightWorld;
  readonly io: CliIo;
}

interface LastAnswer {
  readonly answer: Answer;
  readonly read: ReadNow;
}

/** Reads until the answer is yes, or the time is over, or people have enough. The last answer counts. */
async function untilYes(request: PostflightRequest, waiting: Waiting): Promise<LastAnswer> {
  const { clock, timers } = waiting.world;
  const policy = compilePolicy(waiting.config.policy);
  const endMs = clock.monotonicMs() + request.waitMs;
  let last: LastAnswer | null = null;
  for (;;) {
    const read = await waiting.read();
    // A reading that people broke off says nothing; what was known before still holds.
    if (last !== null && waiting.signal.aborted) return last;
    const answer = answerFor('postflight', request.vm, { ...read, policy }, (asked) =>
      judgePostflight(asked, request.checkpoint),
    );
    last = { answer, read };
    const leftMs = endMs - clock.monotonicMs();
    if (answer.verdict === 'yes' || leftMs <= 0 || waiting.signal.aborted || isFutile(last)) return last;
    const endProgress = showProgress('Not yet, waiting', waiting.io);
    await pause(Math.min(PAUSE_MS, leftMs), waiting.signal, timers);
    endProgress();
    if (waiting.signal.aborted) return last;
  }
}

/** All hosts were read, and the VM is none of theirs, or one of several: waiting changes nothing. */
function isFutile({ answer, read }: LastAnswer): boolean {
  return answer.id === null && read.reports.every(({ status }) => status === 'read');
}

/** Ends early when the signal is aborted. */
function pause(delayMs: number, signal: AbortSignal, timers: Timers): Promise<void> {
  return new Promise((resolve) => {
    const cancel = timers.after(delayMs, end);
    function end(): void {
      signal.removeEventListener('abort', end);
      cancel();
      resolve();
    }
    signal.addEventListener('abort', end);
  });
}
