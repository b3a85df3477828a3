import type { ExceptionRef, Finding, VmRef } from '../finding.ts';
import { hostClockAt } from '../inventory.ts';
import type { HostReading, Instant } from '../model.ts';
import type { Seen, SeenVm } from '../rules/seen.ts';
import { vmSubject, vmSubjectOf } from '../rules/subject.ts';
import { compileNamePatterns, type NameMatcher } from '../wildcard.ts';
import { endAt } from './lifetime/declaration.ts';
import type { PolicyException } from './policy.ts';
import { compileSelections } from './selector.ts';

/** One exception and what it covers now. */
export interface ExceptionMatch {
  readonly exception: PolicyException;
  /** The findings it covers; also while it has ended, when it covers nothing any more. */
  readonly findings: readonly Finding[];
  /** Its end on the clock of the host of what it matches; `null` when it matches nothing. */
  readonly untilAt: Instant | null;
  /** The reading of that host. */
  readonly reading: HostReading | null;
  /** The VM, when it matches one alone. */
  readonly vm: VmRef | null;
  /** The host, when it matches on one alone; empty otherwise. */
  readonly host: string;
}

export interface ExceptedFindings {
  /** All findings, those that are covered with their exception. */
  readonly findings: readonly Finding[];
  /** In the order of the configuration. */
  readonly matches: readonly ExceptionMatch[];
}

interface Compiled {
  readonly exception: PolicyException;
  readonly rules: ReadonlySet<Finding['rule']>;
  readonly kinds: ReadonlySet<string>;
  readonly checkpoint: NameMatcher | null;
}

interface At {
  readonly seen: Seen;
  readonly now: Instant;
}

/** Lays the exceptions over findings, handing the turn back now and then. */
export type ApplyExceptions = (findings: readonly Finding[], at: At) => Generator<void, ExceptedFindings>;

/** So many exceptions are tried before others get their turn; a few milliseconds. */
const TRIED_AT_A_TIME = 20_000;

/**
 * Compiles the exceptions. The first one in the file that covers a finding and has not ended is the one that is shown.
 * An info raises nothing anyway, but is covered all the same: it may turn into a warning.
 */
export function compileExceptions(exceptions: readonly PolicyException[]): ApplyExceptions {
  const compiled = exceptions.map(compile);
  const select = compileSelections(exceptions.map((exception) => exception.select));
  return function* apply(findings, { seen, now }) {
    if (exceptions.length === 0) return { findings, matches: [] };
    const covered = new Map<PolicyException, Coverage>();
    let tried = 0;
    const candidatesOf = createCandidates(seen, (vm) => {
      tried += exceptions.length;
      return select({ vm: vm.vm, host: vm.host.host, tags: vm.tags });
    });
    const excepted: Finding[] = [];
    for (const finding of findings) {
      const { vm, positions } = candidatesOf(finding);
      excepted.push(
        vm === null ? finding : withException(finding, positions, { compiled, vm, now, covered }),
      );
      tried += 1 + positions.length;
      if (tried < TRIED_AT_A_TIME) continue;
      tried = 0;
      yield;
    }
    const matches: ExceptionMatch[] = [];
    for (const exception of exceptions) {
      const coverage = covered.get(exception);
      matches.push(matchOf(exception, coverage));
      tried += coverage?.findings.length ?? 0;
      if (tried < TRIED_AT_A_TIME) continue;
      tried = 0;
      yield;
    }
    return { findings: excepted, matches };
  };
}

interface Candidates {
  /** The VM that the finding is about; `null` for findings about hosts. */
  readonly vm: SeenVm | null;
  /** Of the exceptions that name it, ascending. */
  readonly positions: readonly number[];
}

/** Few VMs have findings, but each of those may have many: which exceptions name a VM is found out once. */
function createCandidates(
  seen: Seen,
  positionsOf: (vm: SeenVm) => readonly number[],
): (finding: Finding) => Candidates {
  const vms = new Map(seen.vms.map((each) => [vmSubject(each.vm), each]));
  const known = new Map<string, Candidates>();
  return ({ subject: of }) => {
    const subject = vmSubjectOf(of) ?? '';
    const before = known.get(subject);
    if (before !== undefined) return before;
    const vm = vms.get(subject) ?? null;
    const candidates = { vm, positions: vm === null ? [] : positionsOf(vm) };
    known.set(subject, candidates);
    return candidates;
  };
}

interface Covering {
  readonly compiled: readonly Compiled[];
  readonly vm: SeenVm;
  readonly now: Instant;
  /** What each exception covers so far; added to. */
  readonly covered: Map<PolicyException, Coverage>;
}

function withException(
  finding: Finding,
  positions: readonly number[],
  { compiled, vm, now, covered }: Covering,
): Finding {
  let holding: ExceptionRef | null = null;
  for (const position of positions) {
    const candidate = compiled[position];
    if (candidate === undefined || !covers(candidate, finding)) continue;
    const { exception } = candidate;
    const untilAt = endAt(exception.until, null, vm.reading.facts.utcOffsetMin);
    if (untilAt === null) continue;
    const coverage = covered.get(exception) ?? { findings: [], untilAt, reading: vm.reading };
    coverage.findings.push(finding);
    covered.set(exception, coverage);
    // On the limit it has ended, as everywhere: it covers until then.
    if (holding === null && exceptionClockAt(vm.reading, now) < untilAt) {
      const { reason, owner, source } = exception;
      holding = { reason, untilAt, owner, line: source.line };
    }
  }
  return holding === null
    ? finding
    : { ...finding, exception: holding, owner: finding.owner ?? holding.owner };
}

/**
 * The moment by which exceptions end: the later of the host's clock and the agent's. A day is the same everywhere, so
 * that a host whose clock is behind must not keep quiet for longer.
 */
export function exceptionClockAt(reading: HostReading, now: Instant): Instant {
  return Math.max(hostClockAt(reading, now), now);
}

interface Coverage {
  readonly findings: Finding[];
  readonly untilAt: Instant;
  readonly reading: HostReading;
}

function matchOf(exception: PolicyException, coverage: Coverage | undefined): ExceptionMatch {
  if (coverage === undefined)
    return { exception, findings: [], untilAt: null, reading: null, vm: null, host: '' };
  const { findings, untilAt, reading } = coverage;
  const first = findings[0];
  const isOneVm = findings.every(({ vm, host }) => vm?.id === first?.vm?.id && host === first?.host);
  const isOneHost = findings.every(({ host }) => host === first?.host);
  return {
    exception,
    findings,
    untilAt,
    reading,
    vm: isOneVm ? (first?.vm ?? null) : null,
    host: isOneHost ? (first?.host ?? '') : '',
  };
}

function compile(exception: PolicyException): Compiled {
  return {
    exception,
    rules: new Set(exception.rules),
    kinds: new Set(exception.kind),
    checkpoint: exception.checkpoint.length === 0 ? null : compileNamePatterns(exception.checkpoint),
  };
}

function covers({ rules, kinds, checkpoint }: Compiled, finding: Finding): boolean {
  if (!rules.has(finding.rule)) return false;
  const about = finding.checkpoint;
  // What is said of a whole VM is covered by an exception for the whole VM alone.
  if (about === null) return checkpoint === null && kinds.size === 0;
  if (kinds.size > 0 && !kinds.has(about.kind)) return false;
  return checkpoint === null || checkpoint(about);
}
