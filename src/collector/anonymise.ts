import type { CollectError } from '../core/collect-error.ts';
import { type Aliases, createAliases } from './aliases.ts';

/** Texts that say how something was found and not whose it is. */
const PLAIN_KEYS = new Set([
  'code',
  'createdAt',
  'edition',
  'fileSystem',
  'finishedAt',
  'kind',
  'languageMode',
  'lastWrite',
  'module',
  'n',
  'ps',
  'slot',
  'startedAt',
  'tz',
  'utcNow',
  'via',
  'vmms',
]);
const GUID_KEYS = new Set(['id', 'parentId', 'parentCheckpointId', 'scanId', 'diskId']);
const PATH_KEYS = new Set(['path', 'parent', 'root', 'volumePath']);
const NAME_KEYS: ReadonlyMap<string, string> = new Map([
  ['vms', 'vm'],
  ['checkpoints', 'checkpoint'],
  ['host', 'host'],
  ['cluster', 'cluster'],
]);
/** What errors are about when it is no name: cmdlets, services, properties. */
const PLAIN_TARGET =
  /^(Get-VM|Get-Volume|Hyper-V|vmms|Msvm_KvpExchangeComponent|\d+|[A-Z]{3,4}:\d+:\d+|Notes|State|Name|CreationTime|SnapshotType|ParentSnapshotId|OperationalStatus|Generation|IsClustered|CheckpointType|ReplicationMode|AutomaticCheckpointsEnabled|IsAutomaticCheckpoint)$/;

/**
 * A report (as parsed JSON) without names, paths and notes: each is replaced by the same stand-in wherever it occurs, so that
 * chains, trees and duplicates stay what they are. Sizes, times, types and error codes stay. What is not known to be
 * harmless is replaced.
 */
export function anonymise(report: unknown, aliases: Aliases = createAliases()): unknown {
  return replaced(report, '', '', aliases);
}

/** The same for an error that stands elsewhere. */
export function anonymiseError({ code, detail, target }: CollectError, aliases: Aliases): CollectError {
  return {
    code,
    detail: detail === null ? null : replacedDetail(detail),
    target: target === null ? null : replacedTarget(target, aliases),
  };
}

/** @param owner the key under which the object that holds `key` stands. */
function replaced(value: unknown, key: string, owner: string, aliases: Aliases): unknown {
  if (typeof value === 'string') return replacedText(value, key, owner, aliases);
  if (Array.isArray(value)) return value.map((item) => replaced(item, key, owner, aliases));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, item]) => {
    // Timings are named by stage, and their values are numbers.
    return [name, replaced(item, name, key, aliases)];
  });
  return Object.fromEntries(entries);
}

function replacedText(text: string, key: string, owner: string, aliases: Aliases): string {
  if (PLAIN_KEYS.has(key)) return text;
  if (GUID_KEYS.has(key)) return aliases.guid(text);
  if (PATH_KEYS.has(key)) return aliases.path(text);
  if (key === 'name') return aliases.name(NAME_KEYS.get(owner) ?? 'name', text);
  if (key === 'node') return aliases.name('host', text);
  if (key === 'fqdn') return aliases.name('fqdn', text);
  if (key === 'notes') return aliases.name('notes', text);
  if (key === 'target') return replacedTarget(text, aliases);
  if (key === 'detail') return replacedDetail(text);
  return aliases.name('text', text);
}

function replacedTarget(text: string, aliases: Aliases): string {
  const known = aliases.known(text);
  if (known !== null) return known;
  if (PLAIN_TARGET.test(text)) return text;
  if (/[\\/]/.test(text)) return aliases.path(text);
  const guid = aliases.guid(text);
  return guid === text ? aliases.name('target', text) : guid;
}

/** Messages name VMs and files in any language: only identifiers of errors are kept. */
function replacedDetail(text: string): string {
  const code = /\(0x[0-9A-Fa-f]{8}\)/.exec(text)?.[0];
  const id = /\[[A-Za-z_.,+]{1,200}\]$/.exec(text)?.[0];
  return ['(message left out)', code, id].filter((part) => part !== undefined).join(' ');
}
