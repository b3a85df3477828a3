import { type DiskWalk, fileAt, firstReferenced } from './disk-walk.ts';
import { ancestors, type ChainNode, type NodeTree } from './nodes.ts';

/** Which checkpoint each AVHDX file belongs to. */
export interface Ownership {
  readonly ownerOf: ReadonlyMap<string, string>;
  /** Checkpoint id to the keys of its layer's files. */
  readonly layers: ReadonlyMap<string, ReadonlySet<string>>;
  /** For a file of a layer, the file it would merge into, where that is known. */
  readonly mergesInto: ReadonlyMap<string, string>;
  /** Checkpoints whose layer may have more files than are known. */
  readonly uncertain: ReadonlySet<string>;
  /** Whether files may exist that could belong to no checkpoint. */
  readonly looseEnds: boolean;
}

interface Claim {
  readonly owner: string;
  /** How far the owner is from the root: of two claims to a file the nearer checkpoint's holds. */
  readonly level: number;
  readonly mergesInto: string | null;
}

/** Gives each AVHDX file to the nearest checkpoint below which it lies on a chain; each file has one owner at most. */
export function assignOwners(tree: NodeTree): Ownership {
  const claims = new Map<string, Claim>();
  const uncertain = new Set<string>();
  let looseEnds = false;
  for (const node of tree.nodes) {
    const line = ancestors(node, tree);
    const parent = line[0];
    if (!node.known && parent?.id != null) uncertain.add(parent.id);
    for (const walk of node.walks) {
      const verdict = findOwner(walk, line);
      for (const id of verdict.uncertain) uncertain.add(id);
      looseEnds ||= verdict.looseEnd;
      if (verdict.owner === null) continue;
      const level = line.length - line.findIndex((each) => each.id === verdict.owner);
      for (const key of walk.avhds.slice(0, verdict.above)) {
        const claim = { owner: verdict.owner, level, mergesInto: verdict.mergesInto };
        if (isStronger(claim, claims.get(key))) claims.set(key, claim);
      }
    }
  }
  return { ...collectLayers(claims), uncertain, looseEnds };
}

interface Verdict {
  readonly owner: string | null;
  /** How many of the walk's first files are meant. */
  readonly above: number;
  readonly mergesInto: string | null;
  readonly uncertain: readonly string[];
  readonly looseEnd: boolean;
}

function findOwner(walk: DiskWalk, line: readonly ChainNode[]): Verdict {
  const unread: string[] = [];
  for (const ancestor of line) {
    if (ancestor.id === null) continue;
    if (!ancestor.known) {
      unread.push(ancestor.id);
      continue;
    }
    const above = firstReferenced(walk, ancestor.references);
    if (above === null) continue;
    if (above === 0) return nobody(unread, false);
    // Files between an unread checkpoint and this one may belong to either.
    if (unread.length > 0) return nobody([...unread, ancestor.id], true);
    return { owner: ancestor.id, above, mergesInto: fileAt(walk, above), uncertain: [], looseEnd: false };
  }
  if (unread.length > 0) return nobody(unread, walk.avhds.length > 0);
  return walk.ended ? nobody([], false) : guessBySlot(walk, line);
}

/** A chain that cannot be followed most likely continues in the file that the nearest checkpoint has in the same slot. */
function guessBySlot(walk: DiskWalk, line: readonly ChainNode[]): Verdict {
  const ancestor = line.find((each) => each.slots.has(walk.slot));
  // A disk that was moved to another slot: its files may belong to any checkpoint on the line.
  if (ancestor?.id == null)
    return nobody(
      line.flatMap(({ id }) => (id === null ? [] : [id])),
      true,
    );
  return {
    owner: ancestor.id,
    above: walk.avhds.length,
    mergesInto: null,
    uncertain: [ancestor.id],
    looseEnd: false,
  };
}

function nobody(uncertain: readonly string[], looseEnd: boolean): Verdict {
  return { owner: null, above: 0, mergesInto: null, uncertain, looseEnd };
}

function isStronger(claim: Claim, other: Claim | undefined): boolean {
  if (other === undefined) return true;
  if (claim.level !== other.level) return claim.level > other.level;
  return claim.owner < other.owner;
}

function collectLayers(claims: ReadonlyMap<string, Claim>): Omit<Ownership, 'uncertain' | 'looseEnds'> {
  const ownerOf = new Map<string, string>();
  const layers = new Map<string, Set<string>>();
  const mergesInto = new Map<string, string>();
  for (const [key, claim] of claims) {
    ownerOf.set(key, claim.owner);
    const layer = layers.get(claim.owner) ?? new Set();
    layers.set(claim.owner, layer.add(key));
    if (claim.mergesInto !== null) mergesInto.set(key, claim.mergesInto);
  }
  return { ownerOf, layers, mergesInto };
}
