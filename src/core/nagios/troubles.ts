import type { Finding } from '../finding.ts';
import { ageMs, utcOffsetOf } from '../inventory.ts';
import { plainText } from '../render/plain-text.ts';
import { exceptedText } from '../render/why-text.ts';
import type { Severity } from '../severity.ts';
import { exceptedThings, reasons, type Trouble, troubles } from '../trouble.ts';
import { formatAge, formatBytes } from '../units.ts';
import { type AgentView, type VmRow, vmKey } from '../view.ts';
import type { Scope } from './scope.ts';
import type { NagiosStatus } from './status.ts';

/** One thing that is wrong, in few words and in many. */
export interface CheckTrouble {
  /** `null` for infos, which raise nothing. */
  readonly status: NagiosStatus | null;
  /** The VM, else the host: what is counted as "+2 VMs". */
  readonly thing: string;
  readonly isVm: boolean;
  /** For the first line, the longest wording first. */
  readonly short: readonly string[];
  readonly long: string;
  readonly advice: readonly string[];
}

const STATUS_OF: Readonly<Record<Severity, NagiosStatus | null>> = {
  critical: 'CRITICAL',
  warning: 'WARNING',
  info: null,
};

const SAID_BY_GAPS: ReadonlySet<Finding['rule']> = new Set(['scan-incomplete', 'host-unreachable']);

/**
 * What the agent's findings say about the scope, worst VM first. What could not be read is UNKNOWN here, not a warning:
 * where a gap says so, the finding does not say it again.
 */
export function findingTroubles(view: AgentView, scope: Scope): readonly CheckTrouble[] {
  const rowOf = rowFinder(scope);
  const blind = new Set(
    scope.gaps.filter(({ isBlind }) => isBlind).map(({ host, vm }) => vmKey(host, vm?.id ?? '')),
  );
  const isSaidAsGap = ({ rule, severity, host, vm }: Finding): boolean =>
    SAID_BY_GAPS.has(rule) && severity !== 'critical' && blind.has(vmKey(host, vm?.id ?? ''));
  return troubles(scope.findings.filter((finding) => !isSaidAsGap(finding))).map((trouble) => {
    return checkTrouble(trouble, rowOf(trouble), view.now);
  });
}

/** A line for each thing of which exceptions cover something: they raise nothing. */
export function exceptedTexts(view: AgentView, scope: Scope): readonly string[] {
  const rowOf = rowFinder(scope);
  return exceptedThings(scope.findings).map((thing) => {
    const row = rowOf(thing);
    return longText(thing, row, { why: exceptedText(thing.findings, utcOffsetOf(row?.host)), now: view.now });
  });
}

function rowFinder({ rows }: Scope): (of: Trouble) => VmRow | undefined {
  const byVm = new Map(rows.map((row) => [vmKey(row.host.host, row.vm.id), row]));
  return ({ host, vm }) => byVm.get(vmKey(host, vm?.id ?? ''));
}

function checkTrouble(trouble: Trouble, row: VmRow | undefined, now: number): CheckTrouble {
  const { vm, checkpoint, host, findings } = trouble;
  const why = reasons(findings);
  const facts = row === undefined ? [] : checkpointFacts(row, checkpoint?.id ?? null, now);
  return {
    status: STATUS_OF[trouble.severity],
    thing: `${host}\n${vm?.id ?? ''}`,
    isVm: vm !== null,
    short: shortTexts(
      plainText(nameOf(trouble), 24),
      checkpoint?.name ?? null,
      facts.length === 0 ? [why] : facts.map(({ short }) => short),
    ),
    long: longText(trouble, row, { why, now }),
    advice: [...new Set(findings.map(({ advice }) => advice))].filter((advice) => advice !== ''),
  };
}

function nameOf({ vm, host, findings }: Trouble): string {
  if (vm !== null) return vm.name;
  // An exception may be for several hosts, or for none any more.
  if (host === '') return 'the configuration';
  return findings[0]?.subject === 'agent' ? 'the agent' : host;
}

/** `SQL01 "before patch" (user) on hv01: 12d 4h, layer 301.2 GiB: older than 7d`. */
function longText(
  trouble: Trouble,
  row: VmRow | undefined,
  { why, now }: { readonly why: string; readonly now: number },
): string {
  const { vm, checkpoint, host } = trouble;
  const facts = row === undefined ? [] : checkpointFacts(row, checkpoint?.id ?? null, now);
  const about = checkpoint === null ? '' : ` "${checkpoint.name}" (${checkpoint.kind})`;
  const place = vm === null ? '' : ` on ${host}`;
  const factText = facts.length === 0 ? '' : `${facts.map(({ long }) => long).join(', ')}: `;
  return `${nameOf(trouble)}${about}${place}: ${factText}${why}`;
}

/** With all facts, with the first alone, and without the checkpoint's name. */
function shortTexts(name: string, checkpoint: string | null, facts: readonly string[]): readonly string[] {
  const full = checkpoint === null ? name : `${name} "${plainText(checkpoint, 20)}"`;
  const [fact = ''] = facts;
  return [`${full} ${facts.join(', ')}`, `${full} ${fact}`, `${name} ${fact}`];
}

/** Age and layer of a checkpoint, as far as they are known. */
function checkpointFacts(
  { host, vm, view }: VmRow,
  checkpointId: string | null,
  now: number,
): readonly { readonly short: string; readonly long: string }[] {
  const checkpoint = vm.checkpoints?.find(({ id }) => id === checkpointId);
  if (checkpoint === undefined || host.reading === null) return [];
  const age = ageMs(host.reading, checkpoint.createdAt, now);
  const layer = view.chain.checkpoints.get(checkpoint.id)?.layer;
  const ageText = age === null ? 'age unknown' : formatAge(age);
  const facts = [{ short: ageText, long: ageText }];
  if (layer === undefined) return facts;
  if (layer.bytes !== null) {
    facts.push({ short: formatBytes(layer.bytes), long: `layer ${formatBytes(layer.bytes)}` });
  } else if (layer.atLeastBytes > 0) {
    const text = formatBytes(layer.atLeastBytes);
    facts.push({ short: `at least ${text}`, long: `layer at least ${text}` });
  } else {
    facts.push({ short: 'size unknown', long: 'layer not measured' });
  }
  return facts;
}
