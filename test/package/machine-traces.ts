import { execFileSync } from 'node:child_process';
import { homedir, hostname, networkInterfaces, tmpdir } from 'node:os';
import { cacheFolder } from '../../tools/npm-package.ts';

/** What a file could tell of the machine that made it. */
export interface Machine {
  /** Absolute. */
  readonly folders: readonly string[];
  /** Its names and addresses. */
  readonly hosts: readonly string[];
  /** Where npm fetches from: a host, and its port unless it is the usual one. */
  readonly registry: string;
}

/** Folders in which people and build servers work, on any machine. */
const WORKING_FOLDERS =
  /(?<![\w.~-])\/(?:builds?|home|mnt|opt|private|root|srv|tmp|Users|work|workspaces?)(?![\w-])[^\s'"`)]*/g;
const WINDOWS_PROFILES = /\b[A-Z]:\\{1,2}Users\\[^\s'"`)]*/g;
/** Not in the middle of a property, such as `prom.registry.metrics`. */
const REGISTRIES = /(?<![\w.])registry(?:\.[a-z0-9-]+)+\.[a-z]{2,}(?![\w(])/g;

/** The machine that runs this. */
export function thisMachine(): Machine {
  const registry = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim();
  const addresses = Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .filter(({ internal }) => !internal)
    .map(({ address }) => address);
  // A user without a home has the root for one.
  const folders = [process.cwd(), homedir(), tmpdir(), cacheFolder()].filter((folder) => folder !== '/');
  return {
    folders,
    hosts: [hostname(), hostname().split('.')[0] ?? '', ...addresses],
    registry: new URL(registry).host,
  };
}

/** Everything in a text that could only come from this machine, or from another one like it. */
export function tracesOf(machine: Machine, text: string): readonly string[] {
  const exact = [machine.registry, ...machine.folders.map((folder) => `${folder}/`)];
  const patterns = [WORKING_FOLDERS, WINDOWS_PROFILES, REGISTRIES, ...machine.hosts.map(hostPattern)];
  const found = patterns.flatMap((pattern) => [...text.matchAll(pattern)].map(([match]) => match));
  return [...new Set([...exact.filter((each) => text.includes(each)), ...found])];
}

/** A name that is a plain word, such as `vm`, may be one of ours: it is looked for where only a host can stand. */
function hostPattern(host: string): RegExp {
  const isPlainWord = /^[a-z]+$/i.test(host);
  const before = isPlainWord ? '(?<=\\/\\/|@|\\\\\\\\)' : '(?<![\\w.-])';
  return new RegExp(`${before}${host.replaceAll('.', '\\.')}(?![\\w-])`, 'gi');
}
