import { errorText } from '../coverage.ts';
import { exactlyNamed } from '../exactly-named.ts';
import type { HostView } from '../inventory.ts';
import { plainText } from '../render/plain-text.ts';
import { quoted } from '../render/quoted.ts';
import type { Judgement } from '../rules/index.ts';
import type { SeenVm } from '../rules/seen.ts';
import { suggest } from '../suggest.ts';
import { count } from '../units.ts';

export type FoundVm =
  | { readonly found: true; readonly seen: SeenVm }
  | { readonly found: false; readonly why: string };

const MOST_SHOWN = 5;

/** The one VM of exactly this name or id, whatever the case; nothing in it is a wildcard. */
export function findVm(name: string, { inventory, seen }: Pick<Judgement, 'inventory' | 'seen'>): FoundVm {
  const found = exactlyNamed(seen.vms, name, ({ vm }) => vm);
  const [one, ...more] = found;
  if (one === undefined) return { found: false, why: whyNone(name, inventory.hosts, seen.vms) };
  if (more.length > 0) return { found: false, why: severalText(found) };
  if (one.vm.errors.some(({ code }) => code === 'VM_GONE')) {
    return { found: false, why: `it disappeared while ${one.host.host} was read` };
  }
  return { found: true, seen: one };
}

/** What was not read, or only in part, may hold it. */
function whyNone(name: string, hosts: readonly HostView[], vms: readonly SeenVm[]): string {
  const unread = hosts.flatMap(({ host, attempt, reading }) => {
    if (attempt?.error != null) return [`${host} was not read: ${errorText(attempt.error)}`];
    return (reading?.errors ?? []).map((error) => `${host} was read in part: ${errorText(error)}`);
  });
  const read = hosts.filter(({ attempt }) => attempt?.error == null).map(({ host }) => host);
  if (read.length === 0) return unread.length === 0 ? 'no host was read' : unread.join('; ');
  const meant = didYouMean(name, vms);
  return [`no VM of exactly this name or id on ${read.join(', ')}${meant}`, ...unread].join('; ');
}

/** Looking for what was meant takes time that grows with the names. */
const MOST_NAMES = 2000;
const LONGEST_NAME = 64;

function didYouMean(name: string, vms: readonly SeenVm[]): string {
  const names = vms.map(({ vm }) => vm.name).filter(({ length }) => length <= LONGEST_NAME);
  const meant = suggest(name, names.slice(0, MOST_NAMES));
  return meant === null ? '' : `; did you mean ${quoted(meant)}?`;
}

function severalText(found: readonly SeenVm[]): string {
  const ids = found.slice(0, MOST_SHOWN).map(({ vm, host }) => `${plainText(vm.id, 40)} on ${host.host}`);
  const others = found.length > MOST_SHOWN ? ` and ${found.length - MOST_SHOWN} more` : '';
  return `${count(found.length, 'VM')} are of this name, ask with an id: ${ids.join(', ')}${others}`;
}
