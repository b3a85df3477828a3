/** What everybody on a machine, or everybody in a domain, may do with a file or folder. */
export interface OthersMay {
  readonly read: boolean;
  readonly write: boolean;
}

/** Groups to which people belong without having been chosen: in them "others" are meant. As SDDL abbreviates them, and as SIDs. */
const EVERYBODY: ReadonlySet<string> = new Set([
  ...['WD', 'AU', 'BU', 'IU', 'NU', 'BG', 'LG', 'AN', 'DU', 'DG', 'AC'],
  ...['S-1-1-0', 'S-1-5-11', 'S-1-5-32-545', 'S-1-5-4', 'S-1-5-2', 'S-1-5-32-546', 'S-1-5-7', 'S-1-15-2-1'],
]);

/** FILE_READ_DATA, and what lets somebody change content, rights or owner. */
const READ = 0x1;
const WRITE = 0x2 | 0x4 | 0x40 | 0x1_0000 | 0x4_0000 | 0x8_0000;

const RIGHTS: Readonly<Record<string, number>> = {
  ...{ GA: 0x1f01ff, GR: 0x120089, GW: 0x120116, GX: 0x1200a0 },
  ...{ FA: 0x1f01ff, FR: 0x120089, FW: 0x120116, FX: 0x1200a0 },
  ...{ CC: 0x1, DC: 0x2, LC: 0x4, SW: 0x8, RP: 0x10, WP: 0x20, DT: 0x40, LO: 0x80, CR: 0x100 },
  ...{ SD: 0x1_0000, RC: 0x2_0000, WD: 0x4_0000, WO: 0x8_0000 },
};

/** One entry of an access list, or `null` for one of a kind that is not understood. */
interface Entry {
  readonly isAllowed: boolean;
  readonly rights: number;
  readonly who: string;
}

/** What others may do by an SDDL text; `null` when it is none. Without any access list everybody may do anything. */
export function othersMay(sddl: string): OthersMay | null {
  const entries = entriesOf(sddl);
  if (entries === null) return null;
  if (entries === 'everything') return { read: true, write: true };
  const theirs = entries.filter(({ who }) => EVERYBODY.has(who));
  return { read: grants(theirs, READ), write: grants(theirs, WRITE) };
}

/** Whether one of these SIDs may put files into a folder and read them; `null` when that cannot be told. */
export function mayUse(sddl: string, who: ReadonlySet<string>): boolean | null {
  const entries = entriesOf(sddl);
  if (entries === null) return null;
  if (entries === 'everything') return true;
  const theirs = entries.filter((entry) => who.has(entry.who));
  return grants(theirs, READ) && grants(theirs, 0x2);
}

/** Refusals count first, as Windows orders them. */
function grants(entries: readonly Entry[], rights: number): boolean {
  const sum = (isAllowed: boolean): number =>
    entries.filter((entry) => entry.isAllowed === isAllowed).reduce((all, entry) => all | entry.rights, 0);
  return (sum(true) & ~sum(false) & rights) !== 0;
}

function entriesOf(sddl: string): readonly Entry[] | 'everything' | null {
  if (!/^O:/.test(sddl)) return null;
  const [, flags, list = ''] = /D:([A-Z_]*)((?:\([^)]*\))*)/.exec(sddl) ?? [];
  if (flags === undefined || flags.includes('NO_ACCESS_CONTROL')) return 'everything';
  return [...list.matchAll(/\(([^)]*)\)/g)].flatMap(([, text]) => entryOf(text ?? '') ?? []);
}

function entryOf(text: string): Entry | null {
  const [type = '', flags = '', rights = '', , , who = ''] = text.split(';');
  // Those that are only inherited say nothing about the thing itself.
  if ((type !== 'A' && type !== 'D') || pairs(flags).includes('IO')) return null;
  return { isAllowed: type === 'A', rights: rightsOf(rights), who };
}

function rightsOf(text: string): number {
  if (/^0x[0-9a-f]{1,8}$/i.test(text)) return generic(Number.parseInt(text, 16));
  return pairs(text).reduce((all, name) => all | (RIGHTS[name] ?? 0), 0);
}

/** `OICIIO`: names of two letters each. */
function pairs(text: string): readonly string[] {
  return text.match(/../g) ?? [];
}

/** Generic rights in a number, as the rights to files that they stand for. */
function generic(mask: number): number {
  let rights = mask & 0x1f_ffff;
  for (const [bit, name] of [
    [0x1000_0000, 'GA'],
    [0x8000_0000, 'GR'],
    [0x4000_0000, 'GW'],
  ] as const) {
    if ((mask & bit) !== 0) rights |= RIGHTS[name] ?? 0;
  }
  return rights;
}
