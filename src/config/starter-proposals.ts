import type { AgeProposal } from '../core/policy/propose/ages.ts';
import type { ExceptionProposal } from '../core/policy/propose/exceptions.ts';
import type { KindProposal } from '../core/policy/propose/kinds.ts';
import type { PresetProposal } from '../core/policy/propose/presets.ts';
import type { Proposals, Proposed } from '../core/policy/propose/proposals.ts';
import type { ShareProposal } from '../core/policy/propose/shares.ts';
import { plainText } from '../core/render/plain-text.ts';
import { count, formatAge, formatBytes, formatDurationExact } from '../core/units.ts';
import { commentLines, flow, type WrittenValue } from './yaml-write.ts';

/** Sections of a configuration, every line commented out: text begins with "# ", options with "#". */
export interface ProposedSections {
  /** Those that stand before the rules. */
  readonly before: readonly string[];
  /** The line of the rules about ages; `null` when nothing is proposed. */
  readonly ages: string | null;
  readonly behind: readonly string[];
}

/** @param until the last day of exceptions */
export function proposedSections(proposals: Proposals, until: string): ProposedSections {
  const { presets, kinds, tags, ages, shares, exceptions } = proposals;
  return {
    before: [...presetSection(presets), ...kindSection(kinds), ...tagSection(tags)],
    ages: ages === null ? null : ageLines(ages),
    behind: [...shareSection(shares), ...exceptionSection(exceptions, until)],
  };
}

function presetSection(presets: readonly PresetProposal[]): readonly string[] {
  if (presets.length === 0) return [];
  const texts = presets.map(({ name, summary, checkpoints, vms }) =>
    text(`${name}: ${count(checkpoints, 'checkpoint')} on ${count(vms, 'VM')}. ${summary}`),
  );
  const names = presets.map(({ name }) => name);
  return [
    `${text('Kinds of checkpoints that products keep on purpose, and that are here:')}${texts.join('')}#kind_presets: ${flow(names)}\n`,
  ];
}

/** So many VMs are named. */
const VMS_NAMED = 3;

function kindSection({ items, more }: Proposed<KindProposal>): readonly string[] {
  if (items.length === 0) return [];
  const lines = items.map(({ name, pattern, of, checkpoints, vms }) => {
    const named = vms.slice(0, VMS_NAMED).map(shownName).join(', ');
    const others = vms.length > VMS_NAMED ? ` and ${vms.length - VMS_NAMED} more` : '';
    return `${text(`${count(checkpoints, 'checkpoint')} of ${named}${others} are called alike:`)}${option(1, `${name}: ${flow({ checkpoint: pattern, of })}`)}`;
  });
  const why =
    'Checkpoints that are called alike on several VMs. If they are kept on purpose, give them a kind, and limits below rules: checkpoint-age: { KIND: { warning: 90d, critical: 180d } }. Without any they keep those of user checkpoints; but undocumented, oldest_age and check --metric age are about user checkpoints alone, and no longer count them.';
  return [`${text(why)}#kinds:\n${lines.join('')}${rest(more, 'such name', 'such names')}`];
}

function tagSection({ items, more }: Proposals['tags']): readonly string[] {
  if (items.length === 0) return [];
  const tags = items.map(({ tag, vms }) => `${tag} (${count(vms, 'VM')})`).join(', ');
  const others = more === 0 ? '' : ` and ${more} more`;
  return [
    text(
      `Tags that stand in the notes of VMs, for overrides and exceptions (tag: …): ${tags}${others}. The section tags gives tags by name.`,
    ),
  ];
}

function ageLines({ checkpoints, percentileMs, limits }: AgeProposal): string {
  const found = `The 90th percentile of the ages of ${checkpoints} user checkpoints is ${formatAge(percentileMs)}`;
  if (limits === null) {
    const why = `${found}: too many are old for a limit that finds the forgotten ones. These are the defaults:`;
    return `${text(why)}${option(1, 'checkpoint-age: { user: { warning: 3d, critical: 7d } }')}`;
  }
  const { warningMs, criticalMs, kept } = limits;
  const [warning, critical] = [formatDurationExact(warningMs), formatDurationExact(criticalMs)];
  const why = `${found}; ${kept} of them are no older than ${warning}:`;
  return `${text(why)}${option(1, `checkpoint-age: ${flow({ user: { warning, critical } })}`)}`;
}

/** The limits of the defaults without their shares. */
const IN_BYTES = { warning: '50GiB', critical: '200GiB' };

function shareSection({ items, more }: Proposed<ShareProposal>): readonly string[] {
  if (items.length === 0) return [];
  const lines = items.map(({ vm, vmName, reason, bytes }) => {
    const value = { vm, rules: { 'avhdx-size': IN_BYTES, 'vm-avhdx-total': IN_BYTES } };
    return item(value, `${behalfOf([[vm, vmName]])}${formatBytes(bytes)}: ${reason}`);
  });
  const why =
    'VMs that exceed only limits in percent, since their disks are small. So they would be judged by bytes alone:';
  return [`${text(why)}#overrides:\n${lines.join('')}${rest(more, 'such VM', 'such VMs')}`];
}

function exceptionSection({ items, more }: Proposed<ExceptionProposal>, until: string): readonly string[] {
  if (items.length === 0) return [];
  const lines = items.map(({ vm, checkpoint, vmName, checkpointName, ageMs, owner }) => {
    const value = { vm, checkpoint, reason: 'TODO: why', until, ...(owner === null ? {} : { owner }) };
    const names = behalfOf([
      [checkpoint, checkpointName],
      [vm, vmName],
    ]);
    return item(value, `${names}${formatAge(ageMs)} old`);
  });
  const why =
    'Checkpoints that are older than 30 days. Delete those that nobody needs; of the others say why they are kept, and until when:';
  return [`${text(why)}#exceptions:\n${lines.join('')}${rest(more, 'such checkpoint', 'such checkpoints')}`];
}

function text(words: string): string {
  return commentLines(words, '# ');
}

function option(depth: number, words: string): string {
  return `#${'  '.repeat(depth)}${words}\n`;
}

function item(value: WrittenValue, about: string): string {
  return option(1, `- ${flow(value)}  # ${about}`);
}

function rest(more: number, one: string, many: string): string {
  return more === 0 ? '' : text(`… and ${more} more ${more === 1 ? one : many}`);
}

/** The names of those that are written by their ids. */
function behalfOf(written: readonly (readonly [pattern: string, name: string])[]): string {
  const names = written.filter(([pattern, name]) => pattern !== name).map(([, name]) => shownName(name));
  return names.length === 0 ? '' : `${names.join(' of ')}, `;
}

/** On one line, and never a blank where a line could begin with it. */
function shownName(name: string): string {
  return `"${plainText(name, 40).replace(/\s+/g, ' ')}"`;
}
