import { globSync, readFileSync } from 'node:fs';
import { posix, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

const { dirname, join, relative } = posix;

/** What each part may import, besides itself. Nothing imports upwards; adapters never meet. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  // A process of its own: it starts the agent, and knows its command line and what it hands over for the event log.
  '../service': ['version.ts', 'agent/service-events.ts'],
  core: [],
  config: ['core'],
  'ports.ts': ['core'],
  collector: ['core', 'config', 'ports.ts'],
  notifier: ['core', 'config', 'ports.ts'],
  exporter: ['core', 'config', 'ports.ts'],
  store: ['core', 'config', 'ports.ts'],
  agent: ['core', 'config', 'ports.ts', 'collector', 'notifier', 'exporter', 'store', 'version.ts'],
  cli: ['core', 'config', 'ports.ts', 'collector', 'notifier', 'exporter', 'store', 'agent', 'version.ts'],
  'main.ts': ['cli', 'version.ts'],
  'version.ts': ['../package.json'],
};

/** The longest a file may be; blank lines and comments count. */
const MAX_LINES = 300;

const files = globSync(['src/**/*.ts', 'service/**/*.ts']).map((path) => path.replaceAll(sep, '/'));
const partOf = (path: string): string => {
  const [first = '', second = ''] = relative('src', path).split('/');
  return first === '..' ? `../${second}` : first;
};

interface Import {
  readonly from: string;
  readonly to: string;
}

function importsOf(path: string): readonly Import[] {
  const source = readFileSync(path, 'utf8');
  const found = source.matchAll(/(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+)'/g);
  return [...found].map(([, target]) => ({ from: path, to: join(dirname(path), target ?? '') }));
}

describe('the layout that ARCHITECTURE.md promises', () => {
  it('lets every part import only what stands below it', () => {
    const wrong = files.flatMap(importsOf).filter(({ from, to }) => {
      const [importer, imported] = [partOf(from), partOf(to)];
      const allowed = ALLOWED[importer] ?? [];
      return importer !== imported && !allowed.includes(imported) && !allowed.includes(relative('src', to));
    });
    expect(wrong).toEqual([]);
  });

  it('knows every part', () => {
    expect([...new Set(files.map(partOf))].filter((part) => !(part in ALLOWED))).toEqual([]);
  });

  it('keeps adapters from taking more of the configuration than its types', () => {
    const wrong = files
      .filter((path) => ['collector', 'notifier', 'exporter', 'store'].includes(partOf(path)))
      .filter((path) => /import (?!type )[^;]*'\.\.\/(\.\.\/)?config\//.test(readFileSync(path, 'utf8')));
    expect(wrong).toEqual([]);
  });

  it('loads native code in the service host only', () => {
    const loading = files.filter((path) => readFileSync(path, 'utf8').includes("'koffi'"));
    expect(loading.sort()).toEqual(['service/host/event-source.ts', 'service/host/windows.ts']);
  });

  it('hands the core its time, its chance and its world', () => {
    const leaks =
      /\bDate\.now\b|new Date\(\)|\bMath\.random\b|\bperformance\.|from 'node:|\bprocess\.|\bBuffer\b/;
    const wrong = files
      .filter((path) => partOf(path) === 'core')
      .filter((path) => leaks.test(readFileSync(path, 'utf8')));
    expect(wrong).toEqual([]);
  });

  it('keeps files small', () => {
    const long = files.filter((path) => readFileSync(path, 'utf8').split('\n').length > MAX_LINES);
    expect(long).toEqual([]);
  });

  it('has no circle of imports that lasts until run time', () => {
    const graph = new Map(files.map((path) => [path, valueImports(path)]));
    const circles = files.filter((path) => reaches(path, path, graph, new Set()));
    expect(circles).toEqual([]);
  });
});

function valueImports(path: string): readonly string[] {
  const source = readFileSync(path, 'utf8').replace(/import type [^;]+;/g, '');
  return [...source.matchAll(/(?:import|export)\s[^;]*?from '(\.{1,2}\/[^']+)'/g)].flatMap(
    ([statement, target]) => {
      const names = /\{([^}]*)\}/.exec(statement)?.[1] ?? 'x';
      const isTypesOnly = names
        .split(',')
        .every((name) => name.trim() === '' || name.trim().startsWith('type '));
      return isTypesOnly ? [] : [join(dirname(path), target ?? '')];
    },
  );
}

function reaches(
  from: string,
  target: string,
  graph: ReadonlyMap<string, readonly string[]>,
  seen: Set<string>,
): boolean {
  return (graph.get(from) ?? []).some((next) => {
    if (next === target) return true;
    if (seen.has(next)) return false;
    seen.add(next);
    return reaches(next, target, graph, seen);
  });
}
