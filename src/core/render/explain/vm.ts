import type { Gap } from '../../coverage.ts';
import type { Finding, VmRef } from '../../finding.ts';
import type { DistinctVm } from '../../inventory.ts';
import type { Checkpoint } from '../../model.ts';
import { type SeenCheckpoint, type SeenVm, seeVm } from '../../rules/seen.ts';
import { checkpointSubject, vmSubject } from '../../rules/subject.ts';
import { count } from '../../units.ts';
import type { AgentView } from '../../view.ts';
import { inTreeOrder } from '../scan/rows.ts';
import { checkpointPart } from './checkpoint.ts';
import { type FindingContext, findingRows } from './findings.ts';
import { gapsOf, gapsPart } from './gaps.ts';
import { quietAboutVm } from './quiet.ts';
import { row, section } from './rows.ts';
import { silence } from './silence.ts';
import { type VmContext, vmContext, yamlPart } from './vm-context.ts';
import { vmHead } from './vm-head.ts';

/** More of one VM are counted; those with findings come before those without. */
const MOST_CHECKPOINTS = 60;
/** Recovery points of Hyper-V Replica are many, and one is as another. */
const MOST_RECOVERY_POINTS = 3;

/** What is the same for everything that is explained at once. */
export interface ExplainContext {
  readonly view: AgentView;
  readonly ids: FindingContext['ids'];
  /** What stands behind the name of a VM; see `nameSuffixes`. */
  readonly suffixOf: (vm: VmRef) => string;
  readonly gaps: readonly Gap[];
}

/** A VM: what the policy goes by, then what concerns it as a whole and its checkpoints, and last what was not looked at. */
export function vmParts(
  { host, view: vmView }: DistinctVm,
  checkpoints: readonly Checkpoint[] | 'all',
  { view, ids, suffixOf, gaps }: ExplainContext,
): readonly string[] {
  const { policy, memory, now, inventory } = view;
  if (host.reading === null) return [];
  const seen = seeVm(host, host.reading, vmView, { inventory, policy, memory, now });
  const suffix = suffixOf(seen.vm);
  const context = vmContext(seen, suffix === '', { view, ids });
  const ofVm = view.findings.filter(({ vm }) => vm?.id === seen.vm.id);
  const isWhole = checkpoints === 'all' || checkpoints.length === 0;
  const wanted = checkpoints === 'all' ? null : new Set(checkpoints.map(({ id }) => id));
  const named = seen.checkpoints.filter(({ checkpoint }) => wanted?.has(checkpoint.id) !== false);
  return [
    vmHead(seen, suffix, view),
    ...(isWhole ? [wholePart(aboutWhole(seen, ofVm), context)] : []),
    ...(checkpoints === 'all' ? allCheckpoints(seen, ofVm, context) : []),
    ...(checkpoints === 'all' ? [] : named.map((each) => partOf(each, ofVm, context))),
    gapsPart(gapsOf(gaps, host.host, seen.vm.id), now),
  ].filter((part) => part !== '');
}

/** What is said of the VM as a whole, and of exceptions that cover nothing but it. */
function aboutWhole({ vm, host }: SeenVm, findings: readonly Finding[]): readonly Finding[] {
  const subject = vmSubject(vm);
  return findings.filter(
    (finding) =>
      finding.subject === subject || (finding.subject.startsWith('exception:') && finding.host === host.host),
  );
}

function wholePart(findings: readonly Finding[], context: VmContext): string {
  const found = new Set(findings.map(({ rule }) => rule));
  const toSilence = silence(findings, { ...context, checkpoint: null });
  const text = section('The VM as a whole', [
    ...findingRows(findings, context),
    row('quiet', ...quietAboutVm(context.asked, found, context.resolved)),
    row('to silence', ...toSilence.lines),
  ]);
  return `${text}${yamlPart(toSilence)}`;
}

function partOf(each: SeenCheckpoint, findings: readonly Finding[], context: VmContext): string {
  const subject = checkpointSubject(each.seen.vm, each.checkpoint);
  const own = findings.filter((finding) => finding.subject === subject);
  return checkpointPart(each, own, context);
}

function allCheckpoints(seen: SeenVm, findings: readonly Finding[], context: VmContext): readonly string[] {
  const { checkpoints } = seen.vm;
  if (checkpoints === null) return [];
  if (checkpoints.length === 0) return ['It has no checkpoints.\n'];
  const found = new Set(findings.map(({ subject }) => subject));
  const isFound = (checkpoint: Checkpoint) => found.has(checkpointSubject(seen.vm, checkpoint));
  const points = checkpoints.filter((each) => each.kind === 'replica' && !isFound(each));
  const grouped = new Set(points.length > MOST_RECOVERY_POINTS ? points : []);
  const single = checkpoints.filter((each) => !grouped.has(each));
  const sorted = [...single.filter(isFound), ...single.filter((each) => !isFound(each))];
  const shown = new Set(sorted.slice(0, MOST_CHECKPOINTS).map(({ id }) => id));
  const byId = new Map(seen.checkpoints.map((each) => [each.checkpoint.id, each]));
  const parts = inTreeOrder(checkpoints).flatMap(({ checkpoint }) => {
    const each = shown.has(checkpoint.id) ? byId.get(checkpoint.id) : undefined;
    return each === undefined ? [] : [partOf(each, findings, context)];
  });
  const left = single.length - shown.size;
  return [
    ...parts,
    ...(grouped.size === 0 ? [] : [`${pointsText(grouped.size)}; name one to see why.\n`]),
    ...(left === 0 ? [] : [`${count(left, 'more checkpoint')}; name one to see it.\n`]),
  ];
}

function pointsText(points: number): string {
  return `${count(points, 'recovery point')} of Hyper-V Replica, without findings`;
}
