import { errorText } from '../../coverage.ts';
import { ownerOf } from '../../covering.ts';
import type { Finding } from '../../finding.ts';
import { ageMs, type DistinctVm, isStale } from '../../inventory.ts';
import type { Checkpoint } from '../../model.ts';
import { count, formatAge } from '../../units.ts';
import type { AgentView } from '../../view.ts';
import { deleteText, revertText, runningLayer } from '../effect-text.ts';
import { formatInstant } from '../instant-text.ts';
import { ageAbove, layerAbove } from '../limit-text.ts';
import { plainText } from '../plain-text.ts';
import { type Fact, type FactLine, fact } from './body.ts';
import { keepFacts } from './keep.ts';
import { removeCommand } from './paste.ts';

const NAME_LENGTH = 120;
const TEXT_LENGTH = 600;

/** All that is wrong with one thing, and where it was found. */
export interface ThingFacts {
  /** Worst first; never empty. */
  readonly findings: readonly Finding[];
  /** The VM as it is now; `null` for hosts, and for VMs that are nowhere. */
  readonly seen: DistinctVm | null;
  readonly view: AgentView;
}

/** What is known about a thing with something wrong: where, what, why, and what to do. */
export function openFacts(thing: ThingFacts): readonly Fact[] {
  const checkpoint = checkpointOf(thing);
  return [
    ...placeFacts(thing),
    ...(checkpoint === null ? [] : checkpointFacts(checkpoint, thing)),
    ...ownerFacts(thing),
    fact('Why', plainText(whyText(thing.findings), TEXT_LENGTH)),
    ...(checkpoint === null ? [] : effectFacts(checkpoint, thing)),
    ...doFacts(checkpoint, thing),
    ...(checkpoint === null ? [] : keepFacts(checkpoint, thing)),
  ];
}

function ownerFacts({ findings }: ThingFacts): readonly Fact[] {
  const owner = ownerOf(findings);
  return owner === null ? [] : [fact('Owner', plainText(owner, NAME_LENGTH))];
}

/** Where it is: the VM with its state and host, or the host with its last good scan. */
export function placeFacts({ findings, seen, view }: ThingFacts): readonly Fact[] {
  const finding = findings[0];
  if (finding === undefined) return [];
  if (finding.vm === null) return hostFacts(finding.host, view);
  const name = plainText(finding.vm.name, NAME_LENGTH);
  if (seen === null) return [fact('VM', `${name} (on none of the hosts that were read)`)];
  const { vm, chain } = seen.view;
  const cluster = seen.host.reading?.facts.cluster?.name;
  const when = isStale(seen.host) ? ' at its last good scan' : '';
  const where = `${plainText(seen.host.host)}${cluster === undefined ? '' : `, cluster ${plainText(cluster)}`}${when}`;
  const checkpoints =
    vm.checkpoints === null ? 'checkpoints not read' : count(vm.checkpoints.length, 'checkpoint');
  const isMeasured = vm.disks !== null && (chain.total.bytes !== null || chain.total.atLeastBytes > 0);
  const avhdx = isMeasured ? `${layerAbove(chain.total, findings)} in AVHDX` : 'AVHDX not measured';
  return [fact('VM', `${name} (${plainText(vm.state.name)} on ${where}); ${checkpoints}, ${avhdx}`)];
}

function hostFacts(name: string, view: AgentView): readonly Fact[] {
  // What is wrong with the configuration is about no host.
  if (name === '') return [];
  const host = view.inventory.hosts.find((each) => each.host === name);
  if (host === undefined) return [fact('Host', `${plainText(name)} (no longer watched)`)];
  const lastGood =
    host.reading === null
      ? 'never read so far'
      : `last good scan ${formatInstant(host.reading.readAt, host.reading.facts.utcOffsetMin)} (${formatAge(Math.max(0, view.now - host.reading.readAt))} ago), ${count(host.vms.length, 'VM')} then`;
  const error = host.attempt?.error;
  return [
    fact('Host', `${plainText(name)}; ${lastGood}`),
    ...(error == null ? [] : [fact('Latest try', plainText(errorText(error), TEXT_LENGTH))]),
  ];
}

function checkpointFacts(checkpoint: Checkpoint, thing: ThingFacts): readonly Fact[] {
  const { seen, findings } = thing;
  const memory =
    checkpoint.hasMemory === null ? 'memory: not known' : checkpoint.hasMemory ? 'with memory' : 'disk only';
  const links = seen?.view.chain.checkpoints.get(checkpoint.id);
  const why = links?.whyUnknown == null ? '' : ` (${plainText(errorText(links.whyUnknown))})`;
  return [
    fact(
      'Checkpoint',
      `"${plainText(checkpoint.name, NAME_LENGTH)}", ${checkpoint.kind}, ${memory}, ${takenText(checkpoint, thing)}`,
    ),
    fact('Layer', `${links === undefined ? 'not measured' : layerAbove(links.layer, findings)}${why}`),
  ];
}

function takenText({ createdAt }: Checkpoint, { seen, findings, view }: ThingFacts): string {
  const reading = seen?.host.reading ?? null;
  if (createdAt === null || reading === null) return 'taken at an unknown time';
  const age = ageMs(reading, createdAt, view.now) ?? 0;
  return `taken ${formatInstant(createdAt, reading.facts.utcOffsetMin)} (${ageAbove(age, findings)} ago)`;
}

/** `older than 7d (checkpoint-age); more than 200 GiB (avhdx-size)`. */
export function whyText(findings: readonly Finding[]): string {
  return findings.map(({ reason, rule }) => `${plainText(reason)} (${rule})`).join('; ');
}

function effectFacts(checkpoint: Checkpoint, { seen, view }: ThingFacts): readonly Fact[] {
  const links = seen?.view.chain.checkpoints.get(checkpoint.id);
  if (seen === null || links === undefined) return [];
  const age = seen.host.reading === null ? null : ageMs(seen.host.reading, checkpoint.createdAt, view.now);
  const reverted = revertText(links, age, runningLayer(seen.view));
  const name = plainText(seen.view.vm.name, NAME_LENGTH);
  return [
    fact('If deleted', deleteText(links)),
    ...(reverted === null ? [] : [fact('If reverted', `${name} ${reverted}`)]),
  ];
}

function doFacts(checkpoint: Checkpoint | null, { findings, seen }: ThingFacts): readonly Fact[] {
  const advice = [...new Set(findings.map((finding) => finding.advice))].filter((text) => text !== '');
  const lines: FactLine[] = advice.map((text) => ({ text: plainText(text, TEXT_LENGTH), isVerbatim: false }));
  const command = checkpoint === null || seen === null ? null : removeCommand(seen, checkpoint);
  if (command !== null && seen !== null) {
    lines.push({ text: `On ${plainText(seen.host.host)}:`, isVerbatim: false });
    lines.push({ text: command, isVerbatim: true });
  }
  return lines.length === 0 ? [] : [{ label: 'Do', lines }];
}

/** The checkpoint as it is now; `null` when the thing is none, or when it is gone. */
export function checkpointOf({ findings, seen }: ThingFacts): Checkpoint | null {
  const id = findings[0]?.checkpoint?.id;
  return seen?.view.vm.checkpoints?.find((each) => each.id === id) ?? null;
}
