import type { CheckpointChain } from '../chain.ts';
import { activeFindings, type ExceptionRef, type Finding } from '../finding.ts';
import type { HostView, VmView } from '../inventory.ts';
import type { Checkpoint } from '../model.ts';
import type { Policy } from '../policy/compile.ts';
import { tagsOfVm } from '../policy/vm-facts.ts';
import { label, labels, labelText } from '../render/label-text.ts';
import { compareSeverity } from '../severity.ts';
import { countBySeverity } from '../trouble.ts';
import { type AgentView, compareText, sortedHosts, sortedVms, vmKey } from '../view.ts';
import { type KindSummary, summarizeKinds } from './kinds.ts';

/** Which checkpoints get series of their own, and how many at most. */
export interface SeriesOptions {
  readonly perCheckpoint: 'off' | 'stale' | 'all';
  readonly maxCheckpoints: number;
}

export interface HostSeries {
  readonly labels: string;
  readonly host: HostView;
  /** Checkpoints left out by the limit. */
  readonly omitted: number;
}

export interface VmSeries {
  /** `hyperv_host`, `vm` and `vm_id`, escaped. */
  readonly labels: string;
  /** `hyperv_host` and `vm_id`, escaped. */
  readonly key: string;
  readonly host: HostView;
  readonly view: VmView;
  readonly staleWarning: number;
  readonly staleCritical: number;
  /** Each once. */
  readonly tags: readonly string[];
  readonly kinds: readonly KindSummary[];
}

export interface CheckpointSeries {
  readonly vm: VmSeries;
  /** `hyperv_host`, `vm_id` and `checkpoint_id`, escaped. */
  readonly key: string;
  readonly checkpoint: Checkpoint;
  readonly chain: CheckpointChain | undefined;
  /** 2 with a critical finding, 1 with a warning, 0 otherwise. */
  readonly weight: number;
}

/** What the families are rendered from: every label set once, in an order that does not depend on the input's. */
export interface Series {
  readonly hosts: readonly HostSeries[];
  readonly vms: readonly VmSeries[];
  readonly checkpoints: readonly CheckpointSeries[];
  /** Label set of each finding, and how many findings share it. */
  readonly findings: readonly (readonly [labels: string, count: number])[];
  readonly exceptions: ExceptionCounts;
  readonly perCheckpoint: SeriesOptions['perCheckpoint'];
}

/** Exceptions of the configuration. */
export interface ExceptionCounts {
  /** Those by which a finding is covered now. */
  readonly covering: number;
  readonly idle: number;
}

/** The rule whose findings make a checkpoint "stale". */
const STALE_RULE = 'checkpoint-age';

/** Prepares everything that has series. Yields now and then, so that a long inventory can be prepared in slices. */
export function* prepareSeries(view: AgentView, options: SeriesOptions): Generator<'', Series> {
  const byVm = Map.groupBy(view.findings, ({ host, vm }) => vmKey(host, labelText(vm?.id ?? '')));
  const vms = new Map<string, VmSeries>();
  const candidates: CheckpointSeries[] = [];
  for (const host of sortedHosts(view.inventory)) {
    for (const vmView of sortedVms(host)) {
      const identity = vmKey(host.host, labelText(vmView.vm.id));
      // A record that repeats an identity would make the same series twice, for which Prometheus refuses all of them.
      if (vms.has(identity)) continue;
      const findings = byVm.get(identity) ?? [];
      const vm = vmSeries(host, vmView, findings, view.policy);
      vms.set(identity, vm);
      if (options.perCheckpoint !== 'off') candidates.push(...checkpointSeries(vm, findings, options));
      yield '';
    }
  }
  const checkpoints = withinLimit(candidates, options.maxCheckpoints);
  yield '';
  return {
    hosts: hostSeries(view, candidates, checkpoints),
    vms: [...vms.values()],
    checkpoints,
    findings: findingSeries(view.findings, vms),
    exceptions: countExceptions(view),
    perCheckpoint: options.perCheckpoint,
  };
}

function vmSeries(host: HostView, view: VmView, findings: readonly Finding[], policy: Policy): VmSeries {
  const { id, name } = view.vm;
  const tags = tagsOfVm(view.vm, policy);
  const stale = countBySeverity(
    findings.filter(({ rule, checkpoint }) => rule === STALE_RULE && checkpoint !== null),
  );
  const hostLabel = label('hyperv_host', host.host);
  const idLabel = label('vm_id', id);
  return {
    labels: `${hostLabel},${label('vm', name)},${idLabel}`,
    key: `${hostLabel},${idLabel}`,
    host,
    view,
    staleWarning: stale.warning,
    staleCritical: stale.critical,
    tags,
    kinds: summarizeKinds(view.vm.checkpoints ?? []),
  };
}

function checkpointSeries(
  vm: VmSeries,
  findings: readonly Finding[],
  { perCheckpoint }: SeriesOptions,
): readonly CheckpointSeries[] {
  const weights = weightsOf(findings);
  const series = new Map<string, CheckpointSeries>();
  for (const checkpoint of vm.view.vm.checkpoints ?? []) {
    const weight = weights.get(checkpoint.id) ?? 0;
    const id = labelText(checkpoint.id);
    if ((perCheckpoint === 'stale' && weight === 0) || series.has(id)) continue;
    const key = `${vm.key},checkpoint_id="${id}"`;
    series.set(id, { vm, key, checkpoint, chain: vm.view.chain.checkpoints.get(checkpoint.id), weight });
  }
  return [...series.values()].sort((a, b) => age(a) - age(b) || compareText(a.key, b.key));
}

const NO_WEIGHTS: ReadonlyMap<string, number> = new Map();

/** The weight of each checkpoint that has a finding which no exception covers. */
function weightsOf(findings: readonly Finding[]): ReadonlyMap<string, number> {
  if (findings.length === 0) return NO_WEIGHTS;
  const weights = new Map<string, number>();
  for (const { checkpoint, severity } of activeFindings(findings)) {
    if (checkpoint === null) continue;
    weights.set(checkpoint.id, Math.max(weights.get(checkpoint.id) ?? 0, compareSeverity(severity, 'info')));
  }
  return weights;
}

/** Beyond the limit the worst stay, then the oldest: what people look for. */
function withinLimit(candidates: readonly CheckpointSeries[], limit: number): readonly CheckpointSeries[] {
  if (candidates.length <= limit) return candidates;
  const ranked = candidates.toSorted(
    (a, b) => b.weight - a.weight || age(a) - age(b) || compareText(a.key, b.key),
  );
  const kept = new Set(ranked.slice(0, limit));
  return candidates.filter((candidate) => kept.has(candidate));
}

function age({ checkpoint }: CheckpointSeries): number {
  return checkpoint.createdAt ?? Number.MAX_SAFE_INTEGER;
}

function hostSeries(
  view: AgentView,
  candidates: readonly CheckpointSeries[],
  kept: readonly CheckpointSeries[],
): readonly HostSeries[] {
  const omitted = new Map<HostView, number>();
  for (const { vm } of candidates) omitted.set(vm.host, (omitted.get(vm.host) ?? 0) + 1);
  for (const { vm } of kept) omitted.set(vm.host, (omitted.get(vm.host) ?? 0) - 1);
  return sortedHosts(view.inventory).map((host) => ({
    labels: labels([['hyperv_host', host.host]]),
    host,
    omitted: omitted.get(host) ?? 0,
  }));
}

function findingSeries(findings: readonly Finding[], vms: ReadonlyMap<string, VmSeries>): Series['findings'] {
  const keys = findings.map((finding) => {
    const { vm, checkpoint, rule, severity, exception } = finding;
    const known = vm === null ? undefined : vms.get(vmKey(finding.host, labelText(vm.id)));
    const about = known?.labels ?? findingLabels(finding);
    const of = label('checkpoint_id', checkpoint?.id ?? '');
    return `${about},${of},rule="${rule}",severity="${severity}",state="${exception === null ? 'active' : 'excepted'}"`;
  });
  const counts: [string, number][] = [];
  // By code units, which is what sort does by itself, and equal ones next to each other.
  for (const key of keys.sort()) {
    const last = counts.at(-1);
    if (last?.[0] === key) last[1] += 1;
    else counts.push([key, 1]);
  }
  return counts;
}

/** What the finding is about, when no VM of the inventory is. */
function findingLabels({ host, vm }: Finding): string {
  return labels([
    ['hyperv_host', host],
    ['vm', vm?.name ?? ''],
    ['vm_id', vm?.id ?? ''],
  ]);
}

/** Of several exceptions that cover one finding the first in the file is the one that counts. */
function countExceptions({ findings, policy }: AgentView): ExceptionCounts {
  const { exceptions } = policy.config;
  const used = new Set(findings.flatMap(({ exception }) => (exception === null ? [] : placeKey(exception))));
  const covering = exceptions.filter(({ reason, owner, source: { line } }) =>
    used.has(placeKey({ reason, owner, line })),
  ).length;
  return { covering, idle: exceptions.length - covering };
}

function placeKey({ reason, owner, line }: Pick<ExceptionRef, 'reason' | 'owner' | 'line'>): string {
  return JSON.stringify([line, reason, owner]);
}
