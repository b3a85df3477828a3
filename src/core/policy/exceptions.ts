import { drained } from '../drained.ts';
import type { ExceptionRef, Finding, VmRef } from '../finding.ts';
import { hostClockAt } from '../inventory.ts';
import type { HostReading, Instant } from '../model.ts';
import type { Raised } from '../rules/rule.ts';
import type { SeenVm } from '../rules/seen.ts';
import { compileNamePatterns, type NameMatcher } from '../wildcard.ts';
import { endAt } from './lifetime/declaration.ts';
import type { PolicyException } from './policy.ts';
import { compileSelections } from './selector.ts';

/** One exception and what it covers now. */
export interface ExceptionMatch {
  readonly exception: PolicyException;
  /** The findings it covers; also while it has ended, when it covers nothing any more. */
  readonly findings: readonly Finding[];
  /** How many of them come back when it ends: those that no other exception covers for longer. */
  readonly returning: number;
  /** Its end on the clock of the host of what it matches; `null` when it matches nothing. */
  readonly untilAt: Instant | null;
  /** The reading of that host. */
  readonly reading: HostReading | null;
  /** The VM, when it matches one alone. */
  readonly vm: VmRef | null;
  /** The host, when it matches on one alone; empty otherwise. */
  readonly host: string;
  /** Whether it may cover something of a VM that it names and whose checkpoints were not read. */
  readonly isAnyUnread: boolean;
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

export interface Exceptions {
  /** Lays them over all findings about these VMs, handing the turn back now and then. */
  apply(raised: readonly Raised[], vms: readonly SeenVm[], now: Instant): Generator<void, ExceptedFindings>;
  /** Lays them over a few findings, without saying what each exception covers. */
  cover(raised: readonly Raised[], now: Instant): readonly Finding[];
}

/** So many exceptions are tried before others get their turn; a few milliseconds. */
const TRIED_AT_A_TIME = 20_000;

/**
 * Compiles the exceptions. The first one in the file that covers a finding and has not ended is the one that is shown.
 * An info raises nothing anyway, but is covered all the same: it may turn into a warning.
 */
export function compileExceptions(exceptions: readonly PolicyException[]): Exceptions {
  const compiled = exceptions.map(compile);
  const select = compileSelections(exceptions.map((exception) => exception.select));
  const positionsFor = ({ vm, host, tags }: SeenVm): readonly number[] =>
    select({ vm, host: host.host, tags });

  function* coverInSteps(
    raised: readonly Raised[],
    now: Instant,
    coverages: Coverage[],
  ): Generator<void, readonly Finding[]> {
    if (exceptions.length === 0) return raised.map(({ finding }) => finding);
    let tried = 0;
    // Few VMs have findings, but each of those may have many: which exceptions name a VM is found out once.
    const positionsOf = new Map<SeenVm, readonly number[]>();
    const findings: Finding[] = [];
    for (const { finding, vm } of raised) {
      if (vm === null) {
        findings.push(finding);
        continue;
      }
      let positions = positionsOf.get(vm);
      if (positions === undefined) {
        positions = positionsFor(vm);
        positionsOf.set(vm, positions);
        tried += exceptions.length;
      }
      const isNamed = positions.length > 0;
      findings.push(isNamed ? withException(finding, positions, { compiled, vm, now, coverages }) : finding);
      tried += 1 + positions.length;
      if (tried < TRIED_AT_A_TIME) continue;
      tried = 0;
      yield;
    }
    return findings;
  }

  return {
    *apply(raised, vms, now) {
      const coverages: Coverage[] = [];
      const findings = yield* coverInSteps(raised, now, coverages);
      const unread = new Set(
        exceptions.length === 0
          ? []
          : vms.filter(({ vm }) => vm.checkpoints === null).flatMap((vm) => positionsFor(vm)),
      );
      yield;
      const matches: ExceptionMatch[] = [];
      let looked = 0;
      for (const [position, exception] of exceptions.entries()) {
        const coverage = coverages[position];
        matches.push(matchOf(exception, coverage, unread.has(position)));
        looked += coverage?.findings.length ?? 0;
        if (looked < TRIED_AT_A_TIME) continue;
        looked = 0;
        yield;
      }
      return { findings, matches };
    },
    cover: (raised, now) => drained(coverInSteps(raised, now, [])),
  };
}

interface Covering {
  readonly compiled: readonly Compiled[];
  readonly vm: SeenVm;
  readonly now: Instant;
  /** What the exception at each position covers so far; added to. */
  readonly coverages: Coverage[];
}

function withException(
  finding: Finding,
  positions: readonly number[],
  { compiled, vm, now, coverages }: Covering,
): Finding {
  let holding: ExceptionRef | null = null;
  let longest: Coverage | null = null;
  for (const position of positions) {
    const candidate = compiled[position];
    if (candidate === undefined || !covers(candidate, finding)) continue;
    const { exception } = candidate;
    const untilAt = endAt(exception.until, null, vm.reading.facts.utcOffsetMin);
    if (untilAt === null) continue;
    const coverage = coverages[position] ?? { findings: [], returning: 0, untilAt, reading: vm.reading };
    coverages[position] = coverage;
    coverage.findings.push(finding);
    if (longest === null || untilAt > longest.untilAt) longest = coverage;
    // On the limit it has ended, as everywhere: it covers until then.
    if (holding === null && exceptionClockAt(vm.reading, now) < untilAt) {
      const { reason, owner, source } = exception;
      holding = { reason, untilAt, owner, line: source.line };
    }
  }
  if (longest !== null) longest.returning++;
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
  returning: number;
  readonly untilAt: Instant;
  readonly reading: HostReading;
}

function matchOf(
  exception: PolicyException,
  coverage: Coverage | undefined,
  isAnyUnread: boolean,
): ExceptionMatch {
  if (coverage === undefined) {
    const nothing = { findings: [], returning: 0, untilAt: null, reading: null, vm: null, host: '' };
    return { exception, ...nothing, isAnyUnread };
  }
  const { findings, returning, untilAt, reading } = coverage;
  const first = findings[0];
  const isOneVm = findings.every(({ vm, host }) => vm?.id === first?.vm?.id && host === first?.host);
  const isOneHost = findings.every(({ host }) => host === first?.host);
  return {
    exception,
    findings,
    returning,
    untilAt,
    reading,
    vm: isOneVm ? (first?.vm ?? null) : null,
    host: isOneHost ? (first?.host ?? '') : '',
    isAnyUnread,
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
