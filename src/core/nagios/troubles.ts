import type { Finding } from '../finding.ts';
import { ageMs } from '../inventory.ts';
import { plainText } from '../render/plain-text.ts';
import type { Severity } from '../severity.ts';
import { reasons, type Trouble, troubles } from '../trouble.ts';
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
  const rows = new Map(scope.rows.map((row) => [vmKey(row.host.host, row.vm.id), row]));
  const blind = new Set(
    scope.gaps.filter(({ isBlind }) => isBlind).map(({ host, vm }) => vmKey(host, vm?.id ?? '')),
  );
  const isSaidAsGap = ({ rule, severity, host, vm }: Finding): boolean =>
    SAID_BY_GAPS.has(rule) && severity !== 'critical' && blind.has(vmKey(host, vm?.id ?? ''));
  return troubles(scope.findings.filter((finding) => !isSaidAsGap(finding))).map((trouble) => {
    const row = rows.get(vmKey(trouble.host, trouble.vm?.id ?? ''));
    return checkTrouble(trouble, row, view.now);
  });
}

function checkTrouble(trouble: Trouble, row: VmRow | undefined, now: number): CheckTrouble {
  const { vm, checkpoint, host, findings } = trouble;
  const why = reasons(findings);
  const name = vm?.name ?? (findings[0]?.subject === 'agent' ? 'the agent' : host);
  const facts = row === undefined ? [] : checkpointFacts(row, checkpoint?.id ?? null, now);
  const quoted = checkpoint === null ? '' : ` "${checkpoint.name}"`;
  const kind = checkpoint === null ? '' : ` (${checkpoint.kind})`;
  const place = vm === null ? '' : ` on ${host}`;
  const factText = facts
    .map(({ long }) => `${long}, `)
    .join('')
    .replace(/, $/, ': ');
  return {
    status: STATUS_OF[trouble.severity],
    thing: `${host}\n${vm?.id ?? ''}`,
    isVm: vm !== null,
    short: shortTexts(
      plainText(name, 24),
      checkpoint?.name ?? null,
      facts.length === 0 ? [why] : facts.map(({ short }) => short),
    ),
    long: `${name}${quoted}${kind}${place}: ${factText}${why}`,
    advice: [...new Set(findings.map(({ advice }) => advice))].filter((advice) => advice !== ''),
  };
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
