import { isAlias, isMap, isPair, isScalar, isSeq, type YAMLMap } from 'yaml';
import { type OptionPath, quoteValue } from './problem.ts';

/** A value of the file with its place, an offset in UTF-16 units. Aliases are followed. */
export type YamlTree = YamlScalar | YamlList | YamlMap;

interface YamlScalar {
  readonly type: 'scalar';
  readonly at: number;
  readonly value: string | number | boolean | null;
  /** Nothing at all is written, which YAML reads as null. */
  readonly isEmpty: boolean;
}

interface YamlList {
  readonly type: 'list';
  readonly at: number;
  readonly items: readonly YamlTree[];
}

interface YamlMap {
  readonly type: 'map';
  readonly at: number;
  readonly entries: readonly YamlEntry[];
}

interface YamlEntry {
  readonly key: string;
  readonly keyAt: number;
  readonly value: YamlTree;
}

/** A fault in the YAML itself. */
export interface SyntaxFault {
  readonly offset: number;
  readonly path: OptionPath;
  readonly message: string;
}

const DEEPEST = 32;
const MOST_NODES = 100_000;

/** What a build carries along. */
interface Build {
  readonly faults: SyntaxFault[];
  /** Anchors met so far; YAML lets a later one of the same name take over. */
  readonly anchors: Map<string, unknown>;
  /** Nodes of which the build is inside, to notice one that contains itself. */
  readonly open: Set<unknown>;
  nodes: number;
}

/**
 * Turns what the YAML library parsed into plain values with places. Depth, number of nodes and what aliases add are
 * bounded. Keys given twice are faults; the first one counts.
 */
export function buildTree(contents: unknown): {
  readonly tree: YamlTree;
  readonly faults: readonly SyntaxFault[];
} {
  const build: Build = { faults: [], anchors: new Map(), open: new Set(), nodes: 0 };
  return { tree: treeOf(build, contents, [], 0), faults: build.faults };
}

function treeOf(build: Build, node: unknown, path: OptionPath, keyAt: number): YamlTree {
  const at = offsetOf(node) ?? keyAt;
  build.nodes += 1;
  if (build.nodes > MOST_NODES || path.length > DEEPEST || build.open.has(node))
    return refuse(build, path, at);
  if (isAlias(node)) return followAlias(build, node.source, path, at);
  if (!isScalar(node) && !isMap(node) && !isSeq(node))
    return { type: 'scalar', at, value: null, isEmpty: true };
  if (node.anchor !== undefined) build.anchors.set(node.anchor, node);
  if (isScalar(node)) return scalarOf(node, at);
  build.open.add(node);
  const tree: YamlTree = isMap(node)
    ? { type: 'map', at, entries: entriesOf(build, node, path) }
    : { type: 'list', at, items: node.items.map((item, index) => treeOf(build, item, [...path, index], at)) };
  build.open.delete(node);
  return tree;
}

/** Said once: below the first place there may be thousands. */
function refuse(build: Build, path: OptionPath, at: number): YamlTree {
  const message = 'is nested too deeply, contains itself, or grows without bound by its aliases';
  if (!build.faults.some((fault) => fault.message === message)) {
    build.faults.push({ offset: at, path: path.slice(0, 4), message });
  }
  return { type: 'scalar', at, value: null, isEmpty: false };
}

function followAlias(build: Build, name: string, path: OptionPath, at: number): YamlTree {
  if (!build.anchors.has(name)) {
    const message = `${quoteValue(`*${name}`)} refers to an anchor that does not exist before it; text that begins with * must be in quotes`;
    build.faults.push({ offset: at, path, message });
    return { type: 'scalar', at, value: null, isEmpty: false };
  }
  return treeOf(build, build.anchors.get(name), path, at);
}

function scalarOf(node: { readonly value: unknown; readonly source?: unknown }, at: number): YamlTree {
  const { value } = node;
  const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  // An empty value is placed after its colon, where nothing is to be seen; callers fall back to the key.
  return { type: 'scalar', at, value: isPlain ? value : null, isEmpty: value === null && node.source === '' };
}

/** Whoever reads the tree as an object would lose it without a word. */
const NO_KEY = '__proto__';

function entriesOf(build: Build, map: YAMLMap, path: OptionPath): readonly YamlEntry[] {
  const entries = new Map<string, YamlEntry>();
  for (const pair of map.items) {
    if (!isPair(pair)) continue;
    const keyAt = offsetOf(pair.key) ?? offsetOf(map) ?? 0;
    const key = isScalar(pair.key) ? String(pair.key.value) : '(a key that is no word)';
    if (entries.has(key)) {
      build.faults.push({ offset: keyAt, path: [...path, key], message: 'is given twice; keep one' });
      continue;
    }
    if (key === NO_KEY) {
      build.faults.push({ offset: keyAt, path: [...path, key], message: 'is no name that can be used' });
      continue;
    }
    entries.set(key, { key, keyAt, value: treeOf(build, pair.value, [...path, key], keyAt) });
  }
  return [...entries.values()];
}

function offsetOf(node: unknown): number | null {
  const isNode = isScalar(node) || isMap(node) || isSeq(node) || isAlias(node);
  return isNode ? (node.range?.[0] ?? null) : null;
}

/** The plain value, as `JSON.parse` would give it. */
export function plainValue(tree: YamlTree): unknown {
  if (tree.type === 'scalar') return tree.value;
  if (tree.type === 'list') return tree.items.map(plainValue);
  // fromEntries makes own properties even of `__proto__`.
  return Object.fromEntries(tree.entries.map(({ key, value }) => [key, plainValue(value)]));
}

/** What was found on the way to an option. */
export interface Found {
  /** `null` when the file does not mention the option. */
  readonly tree: YamlTree | null;
  /** Where the option begins: its key, or its place in a list; that of the nearest option around it when it is absent. */
  readonly keyAt: number;
}

/** Looks an option up. */
export function findOption(root: YamlTree | null, path: OptionPath): Found {
  let found: Found = { tree: root, keyAt: root?.at ?? 0 };
  for (const part of path) {
    const child = childOf(found.tree, part);
    if (child === null) return { tree: null, keyAt: found.keyAt };
    found = child;
  }
  return found;
}

function childOf(tree: YamlTree | null, part: string | number): Found | null {
  if (tree?.type === 'map') {
    const entry = tree.entries.find(({ key }) => key === part);
    return entry === undefined ? null : { tree: entry.value, keyAt: entry.keyAt };
  }
  const item = tree?.type === 'list' && typeof part === 'number' ? tree.items[part] : undefined;
  return item === undefined ? null : { tree: item, keyAt: item.at };
}
