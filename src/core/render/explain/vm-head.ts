import { isStale } from '../../inventory.ts';
import { readDeclarations } from '../../policy/lifetime/declaration.ts';
import { definitionsOfTag, overridesNaming } from '../../policy/naming.ts';
import type { PolicyConfig, SourcePlace } from '../../policy/policy.ts';
import { areVmNotesUnread } from '../../policy/unread-notes.ts';
import type { SeenVm } from '../../rules/seen.ts';
import { formatAge } from '../../units.ts';
import type { AgentView } from '../../view.ts';
import { formatInstant } from '../instant-text.ts';
import { plainText } from '../plain-text.ts';
import { placeText, shortPlace } from './origin-text.ts';
import { type Row, row, section } from './rows.ts';

export const NAME_LENGTH = 120;
/** More of a list are counted. */
const MOST_NAMED = 20;

/** Which VM it is, and all that the policy goes by: tags, role, owner, overrides. `suffix` stands behind its name. */
export function vmHead(seen: SeenVm, suffix: string, { policy, now }: AgentView): string {
  const { vm, host } = seen;
  return section(`${plainText(vm.name, NAME_LENGTH)}${suffix} on ${plainText(host.host, NAME_LENGTH)}`, [
    row('id', plainText(vm.id, 64)),
    row('state', plainText(vm.state.name, 60)),
    row('read', readText(seen, now)),
    row('tags', tagsText(seen, policy.config)),
    row('role', roleText(seen, now)),
    row('owner', ownerText(seen)),
    ...overrideRow(seen, policy.config),
  ]);
}

function readText({ host, reading }: SeenVm, now: number): string {
  const at = formatInstant(reading.readAt, reading.facts.utcOffsetMin);
  const ago = `${formatAge(Math.max(0, now - reading.readAt))} ago`;
  return isStale(host) ? `${at} (${ago}; the latest try failed)` : `${at} (${ago})`;
}

const UNREAD = 'its notes were not read';

function tagsText(seen: SeenVm, config: PolicyConfig): string {
  const tags = listText(tagTexts(seen, config));
  if (areVmNotesUnread(seen.vm)) return tags === null ? `not known: ${UNREAD}` : `${tags}; ${UNREAD}`;
  return tags ?? 'none';
}

function ownerText({ vm, owner }: SeenVm): string {
  if (owner !== null) return `${plainText(owner, 64)} (its notes)`;
  return areVmNotesUnread(vm) ? `not known: ${UNREAD}` : 'nobody is named';
}

/** Each tag with where it comes from; one may come from two places. */
function tagTexts({ vm, tags }: SeenVm, config: PolicyConfig): readonly string[] {
  const declared = readDeclarations(vm.notes ?? '', 'vm-notes').tags;
  return tags.map((tag) => {
    const places = definitionsOfTag(config, tag, vm).map(({ source }) => placeText(source));
    if (declared.includes(tag)) places.push('its notes');
    return `${plainText(tag, 64)} (${places.join('; ')})`;
  });
}

/** What is known of the guest that forbids checkpoints; that nothing is known is said as that. */
function roleText({ vm, role }: SeenVm, now: number): string {
  switch (role?.type) {
    case 'never':
      return 'no checkpoints wanted: tag never';
    case 'guest-cluster':
      return 'node of a guest cluster, by its shared disks';
    case 'domain-controller':
      return role.asOf === null
        ? 'domain controller: its guest says so now'
        : `domain controller, as of ${formatAge(Math.max(0, now - role.asOf))} ago; its guest says nothing now`;
    case undefined:
      if (vm.guestProductType === null) return 'not known: the VM is off, or its guest says nothing';
      // Shared disks would make it a node of a guest cluster.
      if (vm.disks === null) return 'not known: its disks were not read';
      return areVmNotesUnread(vm)
        ? `not known: ${UNREAD}`
        : `none that forbids checkpoints: its guest is a ${GUESTS.get(vm.guestProductType) ?? 'machine of another kind'}`;
  }
}

const GUESTS: ReadonlyMap<number, string> = new Map([
  [1, 'workstation'],
  [3, 'server'],
]);

function overrideRow({ vm, host, tags }: SeenVm, config: PolicyConfig): readonly Row[] {
  const naming = overridesNaming(config, { vm, host: host.host, tags });
  const text = listText(naming.map(({ source }) => shortSource(source)));
  return text === null ? [] : [row('overrides', text)];
}

function shortSource(source: SourcePlace): string {
  return source.line === null ? shortPlace(source) : `${plainText(source.path, 80)} (${shortPlace(source)})`;
}

function listText(texts: readonly string[]): string | null {
  if (texts.length === 0) return null;
  const more = texts.length - MOST_NAMED;
  return more > 0 ? `${texts.slice(0, MOST_NAMED).join(', ')}, and ${more} more` : texts.join(', ');
}
