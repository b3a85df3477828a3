import { systemClock } from '../agent/clock.ts';
import { replayReport } from '../collector/replay.ts';
import type { Config } from '../config/config.ts';
import { inventoryOfReports } from '../core/judged-view.ts';
import type { HostReport, Instant } from '../core/model.ts';
import type { Policy } from '../core/policy/compile.ts';
import { NO_MEMORY, type PolicyMemory } from '../core/policy/memory.ts';
import { type Answer, answerNothing, type Question } from '../core/preflight/answer.ts';
import type { AskedVm } from '../core/preflight/check.ts';
import { findVm } from '../core/preflight/find-vm.ts';
import { answerJson } from '../core/render/answer-json.ts';
import { answerText } from '../core/render/answer-text.ts';
import { judge } from '../core/rules/index.ts';
import type { CliIo } from './io.ts';
import { readHosts } from './read-hosts.ts';
import { rememberedGuests } from './remembered-guests.ts';

/** What every question about one VM says of itself. */
export interface VmRequest {
  readonly config: string | null;
  /** The exact name or id. */
  readonly vm: string;
  /** A report to ask instead of reading the host. */
  readonly fromFile: string | null;
  readonly json: boolean;
}

/** What was read for one answer, at one moment. */
export interface ReadNow {
  readonly reports: readonly HostReport[];
  /** What a running agent knows from before. */
  readonly memory: PolicyMemory;
  readonly now: Instant;
}

/** How hosts are read; tests bring their own. */
export type ReadHosts = (config: Config, io: CliIo, signal: AbortSignal) => Promise<ReadNow>;

/** Reads the hosts of the configuration. */
export const readLive: ReadHosts = async (config, io, signal) => {
  const [reports, memory] = await Promise.all([readHosts(config, io, signal), rememberedGuests(io)]);
  return { reports, memory, now: systemClock.now() };
};

/** A report that was captured, as of the moment it was. */
export async function readFile(path: string): Promise<ReadNow> {
  const report = await replayReport(path);
  return {
    reports: [report],
    memory: NO_MEMORY,
    now: report.status === 'read' ? report.readAt : systemClock.now(),
  };
}

/** Looks the VM up in what was read, and asks. */
export function answerFor(
  question: Question,
  name: string,
  { reports, memory, now, policy }: ReadNow & { readonly policy: Policy },
  ask: (asked: AskedVm) => Answer,
): Answer {
  const inventory = inventoryOfReports(reports, now);
  const judgement = judge({ inventory, policy, memory, now });
  const found = findVm(name, judgement);
  return found.found ? ask({ seen: found.seen, policy, now }) : answerNothing(question, name, found.why);
}

/** Says the answer. Exit codes: 0 yes, 4 no, 1 not known. */
export function tellAnswer(answer: Answer, json: boolean, { stdout }: CliIo): number {
  stdout.write(json ? `${JSON.stringify(answerJson(answer), null, 2)}\n` : answerText(answer));
  return EXIT[answer.verdict];
}

const EXIT: Readonly<Record<Answer['verdict'], number>> = { yes: 0, no: 4, unknown: 1 };
