import type { ExceptionRef, Finding, VmRef } from '../finding.ts';
import { hostClockAt } from '../inventory.ts';
import type { HostReading, Instant } from '../model.ts';
import type { Seen, SeenVm } from '../rules/seen.ts';
import { vmSubject, vmSubjectOf } from '../rules/subject.ts';
import { compilePatterns, foldCase, type Matcher } from '../wildcard.ts';
import { endAt } from './lifetime/declaration.ts';
import type { PolicyException } from './policy.ts';
import { compileSelection, type FoldedVm, foldVm } from './selector.ts';

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
  readonly selects: (folded: FoldedVm) => boolean;
  readonly checkpoint: Matcher | null;
}

/**
 * Lays the exceptions over the findings. The first one in the file that covers a finding and has not ended is the one
 * that is shown. An info raises nothing anyway, but is covered all the same: it may turn into a warning.
 */
export function applyExceptions(
  findings: readonly Finding[],
  exceptions: readonly PolicyException[],
  { seen, now }: { readonly seen: Seen; readonly now: Instant },
): ExceptedFindings {
  if (exceptions.length === 0) return { findings, matches: [] };
  const compiled = exceptions.map(compile);
  const covered = new Map<PolicyException, Coverage>();
  const bySubject = new Map(seen.vms.map((each) => [vmSubject(each.vm), each]));
  const candidatesOf = createCandidates(compiled);
  const result = findings.map((finding): Finding => {
    const vm = bySubject.get(vmSubjectOf(finding.subject) ?? '');
    if (vm === undefined) return finding;
    let holding: ExceptionRef | null = null;
    for (const candidate of candidatesOf(vm)) {
      if (!covers(candidate, finding)) continue;
      const { exception } = candidate;
      const untilAt = endAt(exception.until, null, vm.reading.facts.utcOffsetMin);
      if (untilAt === null) continue;
      const entry = covered.get(exception) ?? { findings: [], untilAt, reading: vm.reading };
      entry.findings.push(finding);
      covered.set(exception, entry);
      // On the limit it has ended, as everywhere: it covers until then.
      if (holding === null && hostClockAt(vm.reading, now) < untilAt) {
        holding = { reason: exception.reason, untilAt, owner: exception.owner, line: exception.source.line };
      }
    }
    return holding === null
      ? finding
      : { ...finding, exception: holding, owner: finding.owner ?? holding.owner };
  });
  return {
    findings: result,
    matches: exceptions.map((exception) => matchOf(exception, covered.get(exception))),
  };
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
    selects: compileSelection(exception.select),
    checkpoint: exception.checkpoint.length === 0 ? null : compilePatterns(exception.checkpoint),
  };
}

/** Few VMs have findings, but each of those may have many: which exceptions name a VM is found out once. */
function createCandidates(compiled: readonly Compiled[]): (vm: SeenVm) => readonly Compiled[] {
  const known = new Map<SeenVm, readonly Compiled[]>();
  return (seen) => {
    const before = known.get(seen);
    if (before !== undefined) return before;
    const folded = foldVm({ vm: seen.vm, host: seen.host.host, tags: seen.tags });
    const candidates = compiled.filter(({ selects }) => selects(folded));
    known.set(seen, candidates);
    return candidates;
  };
}

function covers({ rules, kinds, checkpoint }: Compiled, finding: Finding): boolean {
  if (!rules.has(finding.rule)) return false;
  const about = finding.checkpoint;
  // What is said of a whole VM is covered by an exception for the whole VM alone.
  if (about === null) return checkpoint === null && kinds.size === 0;
  if (kinds.size > 0 && !kinds.has(about.kind)) return false;
  return checkpoint === null || checkpoint(foldCase(about.name)) || checkpoint(foldCase(about.id));
}
