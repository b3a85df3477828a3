import { type Finding, findingKey } from './finding.ts';
import { compareText } from './view.ts';

/** A cryptographic hash in hexadecimal: the core has none of its own. */
export type Hash = (text: string) => string;

/** Below this two findings would too soon have the same one. */
const SHORTEST_ID = 6;

/**
 * A name for each finding that people can type: the shortest beginning of the hash of its key that no other of these
 * findings has, in capitals, of six characters at least. By `findingKey`.
 */
export function shortIds(findings: readonly Finding[], hash: Hash): ReadonlyMap<string, string> {
  const keys = [...new Set(findings.map(findingKey))];
  const sorted = keys
    .map((key) => ({ key, id: hash(key).toUpperCase() }))
    .sort((a, b) => compareText(a.id, b.id));
  return new Map(
    sorted.map(({ key, id }, index) => {
      // Of all others the neighbours have most in common with it.
      const shared = Math.max(
        inCommon(id, sorted[index - 1]?.id ?? ''),
        inCommon(id, sorted[index + 1]?.id ?? ''),
      );
      return [key, id.slice(0, Math.max(SHORTEST_ID, shared + 1))];
    }),
  );
}

/** The findings that a typed id may mean: none for text that is none, several for one that has become too short. */
export function findingsById(findings: readonly Finding[], text: string, hash: Hash): readonly Finding[] {
  const id = text.toLowerCase();
  if (!/^[0-9a-f]{6,64}$/.test(id)) return [];
  return findings.filter((finding) => hash(findingKey(finding)).toLowerCase().startsWith(id));
}

function inCommon(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}
