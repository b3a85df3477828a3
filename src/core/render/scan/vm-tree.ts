import type { ByteSum } from '../../byte-sum.ts';
import type { CheckpointChain } from '../../chain.ts';
import { ageMs, utcOffsetOf } from '../../inventory.ts';
import { type Checkpoint, type Disk, type DiskFile, fileName, type Instant, pathKey } from '../../model.ts';
import { checkpointOwner, type VmFacts } from '../../policy/vm-facts.ts';
import { formatSum } from '../../rules/size-limit.ts';
import { count, formatAge, formatBytes } from '../../units.ts';
import type { VmRow } from '../../view.ts';
import { deleteText, revertText, runningLayer } from '../effect-text.ts';
import { plainText } from '../plain-text.ts';
import { whyText } from '../why-text.ts';
import { MARKS, markOf } from './marks.ts';
import { inTreeOrder } from './rows.ts';

/** What is said of the VM besides what was read. */
export interface TreeLabels extends Pick<VmFacts, 'tags' | 'owner'> {
  /** Stands behind its name; see `nameSuffixes`. */
  readonly suffix: string;
}

const NO_LABELS: TreeLabels = { suffix: '', tags: [], owner: null };

/** One VM with what is wrong, its disks, its tree of checkpoints, and what deleting or reverting would do. */
export function vmTree(
  row: VmRow,
  files: ReadonlyMap<string, DiskFile>,
  now: Instant,
  labels: TreeLabels = NO_LABELS,
): string {
  const { vm, view, host } = row;
  const lines = [
    headLine(row, labels),
    ...troubleLines(row, null),
    ...(vm.disks ?? []).map((disk) => diskLine(disk, files)),
  ];
  if (vm.disks === null) lines.push('disks: not read');
  if (vm.checkpoints === null) lines.push('checkpoints: not read');
  const ordered = inTreeOrder(vm.checkpoints ?? []);
  const ageOf = (checkpoint: Checkpoint): number | null =>
    host.reading === null ? null : ageMs(host.reading, checkpoint.createdAt, now);
  for (const { checkpoint, indent } of ordered) {
    const links = view.chain.checkpoints.get(checkpoint.id);
    const margin = '     '.repeat(indent);
    // The VM's is said with the VM.
    const owner = checkpointOwner(checkpoint, { owner: null });
    lines.push(`${margin} └─ ● ${checkpointLine(checkpoint, ageOf(checkpoint), owner)}`);
    lines.push(...troubleLines(row, checkpoint.id).map((text) => `${margin}      ${text}`));
    if (links !== undefined) lines.push(...layerLines(links, files).map((text) => `${margin}      ${text}`));
  }
  if (view.chain.unattributedFiles.length > 0) {
    lines.push(`AVHDX that no checkpoint explains: ${formatSum(view.chain.unattributed)}`);
    lines.push(...view.chain.unattributedFiles.map((key) => `      ${fileLine(key, files)}`));
  }
  for (const { checkpoint } of ordered.toReversed()) {
    const links = view.chain.checkpoints.get(checkpoint.id);
    if (links !== undefined) lines.push(`Deleting "${plainText(checkpoint.name)}": ${deleteText(links)}`);
  }
  const running = runningLayer(view);
  for (const { checkpoint } of ordered) {
    const links = view.chain.checkpoints.get(checkpoint.id);
    const text = links === undefined ? null : revertText(links, ageOf(checkpoint), running);
    if (text !== null)
      lines.push(`Reverting to "${plainText(checkpoint.name)}": ${plainText(vm.name)} ${text}`);
  }
  return `${lines.join('\n')}\n`;
}

/** How bad it is and why, of a checkpoint or, for `null`, of the VM as a whole. */
function troubleLines({ findings, host }: VmRow, checkpointId: string | null): readonly string[] {
  const own = findings.filter(({ checkpoint }) => (checkpoint?.id ?? null) === checkpointId);
  const mark = markOf(own);
  return mark === null ? [] : [`${MARKS[mark]}  ${plainText(whyText(own, utcOffsetOf(host)), 500)}`];
}

function headLine({ vm, view, host }: VmRow, { suffix, tags, owner }: TreeLabels): string {
  const checkpoints =
    vm.checkpoints === null ? 'checkpoints not read' : count(vm.checkpoints.length, 'checkpoint');
  const files = [...view.chain.checkpoints.values()].reduce((sum, each) => sum + each.layerFiles.length, 0);
  const avhdx = avhdxText(view.chain.total, files + view.chain.unattributedFiles.length);
  return [
    `${plainText(vm.name)}${suffix}  ${vm.state.name} on ${plainText(host.host)}`,
    checkpoints,
    avhdx,
    ...(tags.length === 0 ? [] : [`tagged ${plainText(tags.join(', '), 400)}`]),
    ...(owner === null ? [] : [`owner ${plainText(owner)}`]),
  ].join(' · ');
}

function avhdxText(total: ByteSum, files: number): string {
  if (total.bytes === null && total.atLeastBytes === 0)
    return files === 0 ? 'AVHDX not measured' : `${files} AVHDX, not measured`;
  return files === 0 ? 'no AVHDX' : `${formatSum(total)} in ${files} AVHDX`;
}

function diskLine(disk: Disk, files: ReadonlyMap<string, DiskFile>): string {
  const [controller, ...place] = disk.slot.split(':');
  const slot = `${controller} ${place.join(':')}`;
  if (disk.kind === 'passthrough') return `disk ${slot}   a physical disk: checkpoints do not cover it`;
  if (disk.path === null) return `disk ${slot}   empty`;
  if (disk.kind === 'vhdset')
    return `disk ${slot}   ${plainText(disk.path, 400)}   VHD set: its layers are not measured`;
  const base = baseOf(disk.path, files);
  const facts =
    base === null ? '' : `   ${[sizeText(base), base.type === 'unknown' ? [] : base.type].flat().join(', ')}`;
  return `disk ${slot}   ${plainText(base?.path ?? disk.path, 400)}${facts}`;
}

function sizeText({ virtualBytes }: DiskFile): string {
  return virtualBytes === null ? 'size not known' : formatBytes(virtualBytes);
}

/** The end of a chain, as far as it can be followed. */
function baseOf(path: string, files: ReadonlyMap<string, DiskFile>): DiskFile | null {
  const seen = new Set<string>();
  let file = files.get(pathKey(path));
  while (file?.parent.path != null && !seen.has(pathKey(file.path))) {
    seen.add(pathKey(file.path));
    const parent = files.get(pathKey(file.parent.path));
    if (parent === undefined) break;
    file = parent;
  }
  return file ?? null;
}

function checkpointLine(checkpoint: Checkpoint, age: number | null, owner: string | null): string {
  const taken =
    checkpoint.createdAt === null
      ? 'time not known'
      : new Date(checkpoint.createdAt).toISOString().slice(0, 16).replace('T', ' ');
  const ageText = age === null ? '' : ` UTC (${formatAge(age)})`;
  const memory =
    checkpoint.hasMemory === null ? 'memory not known' : checkpoint.hasMemory ? 'with memory' : 'disk only';
  return `${plainText(checkpoint.name)}   ${taken}${ageText}   ${checkpoint.kind}, ${memory}${owner === null ? '' : `, owner ${plainText(owner)}`}`;
}

function layerLines(links: CheckpointChain, files: ReadonlyMap<string, DiskFile>): readonly string[] {
  const running = links.isRunningLayer ? '   ◄ running now' : '';
  return [
    `layer ${formatSum(links.layer)}${running}`,
    ...links.layerFiles.map((key) => `      ${fileLine(key, files)}`),
  ];
}

function fileLine(key: string, files: ReadonlyMap<string, DiskFile>): string {
  const file = files.get(key);
  const size = file?.fileBytes == null ? 'not measured' : formatBytes(file.fileBytes);
  return `${size.padStart(12)}  ${plainText(fileName(file?.path ?? key), 200)}`;
}
