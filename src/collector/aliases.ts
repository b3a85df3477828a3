const GUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;
const NO_GUID = '00000000-0000-0000-0000-000000000000';

/** Folders that are the same everywhere and tell nobody anything. */
const COMMON_FOLDERS = new Set([
  '',
  '?',
  '.',
  'clusterstorage',
  'hyper-v',
  'hyperv-checkpoint-agent',
  'microsoft',
  'programdata',
  'program files',
  'public',
  'documents',
  'snapshots',
  'system32',
  'unc',
  'users',
  'v1.0',
  'virtual hard disks',
  'virtual machines',
  'vms',
  'windows',
  'windowspowershell',
]);

/** Stand-ins for names, made as they are met: the same text has the same one throughout. */
export interface Aliases {
  /** For a name: exact spelling counts. The empty text stays empty. */
  name(kind: string, text: string): string;
  /** The stand-in that a name already has, or `null`. */
  known(text: string): string | null;
  guid(text: string): string;
  /** For a path: drives, separators, depth, extensions and GUIDs keep their places; case does not count, as on Windows. */
  path(text: string): string;
}

export function createAliases(): Aliases {
  const names = new Map<string, string>();
  const parts = new Map<string, string>();
  const guids = new Map<string, string>();
  const counts = new Map<string, number>();

  const next = (kind: string): string => {
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    return `${kind}-${count}`;
  };
  const alias = (table: Map<string, string>, key: string, kind: string): string => {
    const made = table.get(key) ?? next(kind);
    table.set(key, made);
    return made;
  };
  const guid = (text: string): string => {
    const key = text.toLowerCase();
    if (key === NO_GUID) return NO_GUID;
    const made = guids.get(key) ?? `00000000-0000-4000-8000-${String(guids.size + 1).padStart(12, '0')}`;
    guids.set(key, made);
    return made;
  };
  const folder = (text: string): string => {
    const key = text.toLowerCase();
    if (COMMON_FOLDERS.has(key) || /^([a-z]:|volume\d*)$/.test(key)) return text;
    if (key.search(GUID) >= 0) return text.replace(GUID, guid);
    return alias(parts, key, 'folder');
  };
  const file = (text: string): string => {
    const [, stem = text, extension = ''] = /^(.*?)(\.[A-Za-z0-9]{1,6})$/.exec(text) ?? [];
    // What Hyper-V adds to the name of a disk says how the file came about.
    const [, disk = stem, suffix = ''] = /^(.+?)(_[0-9a-f-]{36}|-AutoRecovery)$/i.exec(stem) ?? [];
    return `${alias(parts, disk.toLowerCase(), 'disk')}${suffix.replace(GUID, guid)}${extension}`;
  };

  return {
    name: (kind, text) => (text === '' ? '' : alias(names, text, kind)),
    known: (text) => names.get(text) ?? null,
    guid: (text) => text.replace(GUID, guid),
    path(text) {
      const pieces = text.split(/([\\/]+)/);
      return pieces
        .map((piece, index) => {
          if (/^[\\/]*$/.test(piece)) return piece;
          return index === pieces.length - 1 ? file(piece) : folder(piece);
        })
        .join('');
    },
  };
}
