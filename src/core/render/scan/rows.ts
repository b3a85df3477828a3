import { addSums } from '../../byte-sum.ts';
import type { CheckpointChain } from '../../chain.ts';
import type { Finding } from '../../finding.ts';
import { ageMs, utcOffsetOf } from '../../inventory.ts';
import type { Checkpoint, Instant } from '../../model.ts';
import { formatSum } from '../../rules/size-limit.ts';
import { compareFindings } from '../../trouble.ts';
import { formatAge } from '../../units.ts';
import { type AgentView, nameSuffixes, type VmRow, vmRows } from '../../view.ts';
import { ageAbove, layerAbove } from '../limit-text.ts';
import { whyText } from '../why-text.ts';
import { type Mark, markOf } from './marks.ts';

/** One line of the scan's table: a checkpoint, or AVHDX that no checkpoint explains, or a host. Names are as they came. */
export interface ScanRow {
  readonly mark: Mark | null;
  readonly vm: string;
  /** What tells it from another VM of the same name; mostly empty. */
  readonly vmSuffix: string;
  readonly host: string;
  readonly checkpoint: string;
  /** How deep the checkpoint lies under the first of its VM. */
  readonly indent: number;
  readonly kind: string;
  readonly age: string;
  readonly layer: string;
  readonly depth: string;
  readonly why: string;
}

const NOT_KNOWN = 'not known';
const NONE = '-';

/** The rows of every VM that has a checkpoint, AVHDX bytes or a finding; worst VM first, what exceptions cover behind that. */
export function scanRows(view: AgentView): readonly ScanRow[] {
  const suffixOf = nameSuffixes(view.inventory);
  const ofVms = vmRows(view).flatMap((row) => {
    const vmSuffix = suffixOf(row.vm);
    const rows = rowsOfVm(row, view).map((each) => ({ ...each, vmSuffix }));
    return rows.length === 0 ? [] : [{ rows, findings: row.findings }];
  });
  const sorted = [...hostRows(view), ...ofVms].toSorted((a, b) => compareGroups(a.findings, b.findings));
  return sorted.flatMap(({ rows }) => rows);
}

function compareGroups(a: readonly Finding[], b: readonly Finding[]): number {
  const worst = (findings: readonly Finding[]): Finding | undefined => findings.toSorted(compareFindings)[0];
  const [worstA, worstB] = [worst(a), worst(b)];
  if (worstA === undefined || worstB === undefined)
    return (worstA === undefined ? 1 : 0) - (worstB === undefined ? 1 : 0);
  return compareFindings(worstA, worstB);
}

interface RowGroup {
  readonly rows: readonly ScanRow[];
  readonly findings: readonly Finding[];
}

function hostRows({ findings, inventory }: AgentView): readonly RowGroup[] {
  const hosts = new Map(inventory.hosts.map((host) => [host.host, host]));
  return findings
    .filter((finding) => finding.vm === null)
    .map((finding) => {
      const judged = judgedCells([finding], utcOffsetOf(hosts.get(finding.host)));
      // What is about no host is about an exception of the configuration.
      return { findings: [finding], rows: [{ ...EMPTY_ROW, host: finding.host || NONE, ...judged }] };
    });
}

const EMPTY_ROW: ScanRow = {
  mark: null,
  vm: NONE,
  vmSuffix: '',
  host: '',
  checkpoint: NONE,
  indent: 0,
  kind: NONE,
  age: NONE,
  layer: NONE,
  depth: '',
  why: '',
};

function rowsOfVm(row: VmRow, view: AgentView): readonly ScanRow[] {
  const { vm, view: vmView, host, findings } = row;
  const { shown, points } = splitRecoveryPoints(row);
  const rows: ScanRow[] = inTreeOrder(shown).map(({ checkpoint, indent }) => {
    const own = findings.filter((finding) => finding.checkpoint?.id === checkpoint.id);
    const age = host.reading === null ? null : ageMs(host.reading, checkpoint.createdAt, view.now);
    return {
      ...EMPTY_ROW,
      ...judgedCells(own, utcOffsetOf(host)),
      checkpoint: checkpoint.name,
      indent,
      kind: checkpoint.kind,
      age: age === null ? NOT_KNOWN : ageAbove(age, own),
      layer: layerText(vmView.chain.checkpoints.get(checkpoint.id), own),
    };
  });
  if (points.length > 0) rows.push(recoveryPointsRow(points, row, view.now));
  const ofVm = findings.filter((finding) => finding.checkpoint === null);
  const { unattributed, unattributedFiles } = vmView.chain;
  if (vm.checkpoints === null)
    rows.push({ ...EMPTY_ROW, checkpoint: '(not read)', layer: NOT_KNOWN, age: NOT_KNOWN });
  else if (unattributedFiles.length > 0) {
    const checkpoint = rows.length === 0 ? '(none listed)' : '(no checkpoint)';
    rows.push({ ...EMPTY_ROW, checkpoint, layer: layerAbove(unattributed, rows.length === 0 ? ofVm : []) });
  }
  if (ofVm.length > 0 && rows.length === 0) rows.push(EMPTY_ROW);
  // What concerns them together stands above the checkpoints: on the row of one it would seem to be about that one.
  else if (ofVm.length > 0 && (vm.checkpoints ?? []).length > 0) {
    rows.unshift({ ...EMPTY_ROW, checkpoint: '(whole VM)', layer: layerAbove(row.avhdx, ofVm) });
  }
  return rows.map((each, index) => (index === 0 ? withVm(each, row, ofVm) : each));
}

/** Many recovery points of Hyper-V Replica are one row, as long as nothing is wrong with any of them. */
const RECOVERY_POINTS_SHOWN = 3;

function splitRecoveryPoints({ vm, findings }: VmRow): {
  readonly shown: readonly Checkpoint[];
  readonly points: readonly Checkpoint[];
} {
  const checkpoints = vm.checkpoints ?? [];
  const found = new Set(findings.map((finding) => finding.checkpoint?.id));
  const points = checkpoints.filter(({ kind, id }) => kind === 'replica' && !found.has(id));
  if (points.length <= RECOVERY_POINTS_SHOWN) return { shown: checkpoints, points: [] };
  return { shown: checkpoints.filter((checkpoint) => !points.includes(checkpoint)), points };
}

function recoveryPointsRow(points: readonly Checkpoint[], { host, view }: VmRow, now: Instant): ScanRow {
  const times = points.flatMap(({ createdAt }) => createdAt ?? []);
  const oldest = times.length === points.length ? Math.min(...times) : null;
  const age = host.reading === null ? null : ageMs(host.reading, oldest, now);
  const layers = points.map(
    ({ id }) => view.chain.checkpoints.get(id)?.layer ?? { bytes: null, atLeastBytes: 0 },
  );
  return {
    ...EMPTY_ROW,
    checkpoint: `(${points.length} recovery points)`,
    kind: 'replica',
    age: age === null ? NOT_KNOWN : formatAge(age),
    layer: formatSum(addSums(layers)),
  };
}

/** The first row of a VM also carries what concerns the VM as a whole; where there is any, it is the row of no checkpoint. */
function withVm(first: ScanRow, { vm, host, view }: VmRow, ofVm: readonly Finding[]): ScanRow {
  return {
    ...first,
    ...(ofVm.length === 0 ? {} : judgedCells(ofVm, utcOffsetOf(host))),
    vm: vm.name,
    host: host.host,
    depth: view.chain.depth === null ? `${view.chain.atLeastDepth}+` : `${view.chain.depth}`,
  };
}

function judgedCells(
  findings: readonly Finding[],
  utcOffsetMin: number | null,
): Pick<ScanRow, 'mark' | 'why'> {
  return { mark: markOf(findings), why: whyText(findings, utcOffsetMin) };
}

function layerText(links: CheckpointChain | undefined, findings: readonly Finding[]): string {
  return links === undefined ? NOT_KNOWN : layerAbove(links.layer, findings);
}

/** Parents before children, older before newer. */
export function inTreeOrder(
  checkpoints: readonly Checkpoint[],
): readonly { readonly checkpoint: Checkpoint; readonly indent: number }[] {
  const ids = new Set(checkpoints.map(({ id }) => id));
  const sorted = checkpoints.toSorted((a, b) => (a.createdAt ?? 0) - (b.createdAt ?? 0));
  const children = Map.groupBy(sorted, ({ parentId }) =>
    parentId !== null && ids.has(parentId) ? parentId : '',
  );
  const placed = new Set<string>();
  const place = (checkpoint: Checkpoint, indent: number): { checkpoint: Checkpoint; indent: number }[] => {
    if (placed.has(checkpoint.id)) return [];
    placed.add(checkpoint.id);
    return [
      { checkpoint, indent },
      ...(children.get(checkpoint.id) ?? []).flatMap((child) => place(child, indent + 1)),
    ];
  };
  // Checkpoints in a circle of parents hang below nothing; they are listed all the same.
  return [...(children.get('') ?? []), ...sorted].flatMap((checkpoint) => place(checkpoint, 0));
}
