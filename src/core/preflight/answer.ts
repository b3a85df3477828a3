import type { Instant } from '../model.ts';
import type { SeenVm } from '../rules/seen.ts';
import { CHECK_VERDICTS, type Check, type CheckVerdict } from './check.ts';
import type { Outlook } from './outlook.ts';

export type Question = 'preflight' | 'postflight';

/** The answer to one question about one VM, for people and machines. */
export interface Answer {
  readonly question: Question;
  readonly verdict: 'yes' | 'no' | 'unknown';
  /** The first of what made it so; `null` for yes. */
  readonly reason: string | null;
  /** How many more there are of the same kind. */
  readonly moreReasons: number;
  readonly cautions: number;
  /** As Hyper-V has it; as it was asked for when no such VM is known. */
  readonly name: string;
  readonly id: string | null;
  readonly host: string | null;
  /** On the agent's clock; `null` when nothing was read. */
  readonly readAt: Instant | null;
  /** The worst first. */
  readonly checks: readonly Check[];
  /** The room for a checkpoint; `null` when nobody asked, or when it is not known where it would be. */
  readonly outlook: Outlook | null;
}

/** What may be unknown without leaving the answer unknown: without a checkpoint nobody has measured how fast a VM writes. */
const NOT_DECISIVE: ReadonlySet<string> = new Set(['growth']);

/**
 * Weighs the checks. One `no` is enough for no; else one thing unknown leaves the answer unknown, unless what is not
 * known is accepted: then it counts as a caution.
 */
export function weigh(
  checks: readonly Check[],
  acceptUnknown: boolean,
): Pick<Answer, 'verdict' | 'reason' | 'moreReasons' | 'cautions' | 'checks'> {
  const sorted = checks.toSorted((a, b) => rank(a) - rank(b));
  const of = (wanted: CheckVerdict): readonly Check[] =>
    sorted.filter(({ id, verdict }) => verdict === wanted && !(wanted === 'unknown' && NOT_DECISIVE.has(id)));
  const unknown = of('unknown');
  const cautions = of('caution').length + (acceptUnknown ? unknown.length : 0);
  for (const verdict of ['no', 'unknown'] as const) {
    const [first, ...more] = of(verdict);
    if (first === undefined || (verdict === 'unknown' && acceptUnknown)) continue;
    return { verdict, reason: first.text, moreReasons: more.length, cautions, checks: sorted };
  }
  return { verdict: 'yes', reason: null, moreReasons: 0, cautions, checks: sorted };
}

/** What is unknown and decides nothing stands below the cautions. */
function rank({ id, verdict }: Check): number {
  const place = CHECK_VERDICTS.indexOf(verdict);
  return verdict === 'unknown' && NOT_DECISIVE.has(id) ? CHECK_VERDICTS.indexOf('caution') + 0.5 : place;
}

/** The answer about a VM that was found. */
export function answerAbout(
  question: Question,
  { vm, host, reading }: SeenVm,
  weighed: ReturnType<typeof weigh>,
  outlook: Outlook | null = null,
): Answer {
  return { question, name: vm.name, id: vm.id, host: host.host, readAt: reading.readAt, outlook, ...weighed };
}

/** The answer when no such VM is known, or nobody can say which one is meant. */
export function answerNothing(question: Question, name: string, why: string): Answer {
  return {
    question,
    verdict: 'unknown',
    reason: why,
    moreReasons: 0,
    cautions: 0,
    name,
    id: null,
    host: null,
    readAt: null,
    checks: [],
    outlook: null,
  };
}
