import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, relative } from 'node:path';
import { completeScenario, type FullScenario, type Scenario } from './scenario.ts';

const HERE = import.meta.dirname;
const SCENARIOS = join(HERE, 'scenarios');
const MODULES = join(HERE, 'modules');
/** Compiled stand-in classes are kept here between runs; harmless to delete. */
const CACHE = join(HERE, '..', '..', 'node_modules', '.cache', 'hyperv-stand-in');

/** One use of a cmdlet of the stand-in; a pipeline into it is one use. */
export interface Call {
  readonly cmdlet: string;
  /** What it was asked about: names, ids or paths; empty for "all". */
  readonly targets: readonly string[];
}

/** A pretended Hyper-V host, ready to be asked by a PowerShell that is given `env`. */
export interface StandIn {
  readonly scenario: FullScenario;
  /** For a child process, on top of its usual environment: modules, name, time zone and language of the host. */
  readonly env: Readonly<Record<string, string>>;
  /** The folder of modules. Enough by itself, but then time zone and language are those of this machine. */
  readonly modulePath: string;
  /** The folder that holds the drives of the host. */
  readonly disksPath: string;
  /** Every use of a cmdlet so far, in order. */
  readCalls(): Promise<readonly Call[]>;
  /** How often each cmdlet was used so far. */
  readCounters(): Promise<Readonly<Record<string, number>>>;
  dispose(): Promise<void>;
}

/** The first `pwsh` on PATH, or null: then tests that need it are skipped. */
export function pwshPath(): string | null {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const candidate = join(folder, 'pwsh');
    try {
      accessSync(candidate, constants.X_OK);
      return candidate;
    } catch {
      // Not in this folder.
    }
  }
  return null;
}

/** The names of all scenario files. */
export function scenarioNames(): readonly string[] {
  return fs
    .readdirSync(SCENARIOS)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length))
    .sort();
}

export function readScenario(name: string): FullScenario {
  return completeScenario(JSON.parse(fs.readFileSync(join(SCENARIOS, `${name}.json`), 'utf8')));
}

/** Changes when anything of the stand-in changes that an answer may depend on, besides the scenario itself. */
export function standInDigest(): string {
  const names = fs.readdirSync(MODULES, { recursive: true, encoding: 'utf8' }).sort();
  const files = names.map((name) => join(MODULES, name)).filter((path) => fs.statSync(path).isFile());
  const hash = createHash('sha256');
  for (const path of [...files, join(HERE, 'scenario.ts'), join(HERE, 'stand-in.ts')]) {
    hash.update(relative(HERE, path)).update('\0').update(fs.readFileSync(path)).update('\0');
  }
  return hash.digest('hex');
}

/** Lays out the disks of a host in a temporary folder. Takes the name of a scenario file, or a scenario. */
export async function prepareStandIn(source: string | Scenario): Promise<StandIn> {
  const scenario = typeof source === 'string' ? readScenario(source) : completeScenario(source);
  const folder = await mkdtemp(join(tmpdir(), 'hyperv-stand-in-'));
  const scenarioPath = join(folder, 'scenario.json');
  const callsPath = join(folder, 'calls.ndjson');
  const disksPath = join(folder, 'disks');
  await writeFile(scenarioPath, JSON.stringify(scenario));
  await writeFile(callsPath, '');
  layOutDisks(scenario, disksPath);
  const modulePath = await modulesFor(scenario, folder);
  fs.mkdirSync(CACHE, { recursive: true });
  const own = {
    CHECKPOINT_STANDIN_SCENARIO: scenarioPath,
    CHECKPOINT_STANDIN_DISKS: disksPath,
    CHECKPOINT_STANDIN_COUNTERS: callsPath,
    CHECKPOINT_STANDIN_CACHE: CACHE,
  };
  // Beside the modules as well, for a caller that gives its child nothing but a path of modules.
  await writeFile(join(folder, 'stand-in.json'), JSON.stringify(own));

  const readCalls = async (): Promise<readonly Call[]> => mergeRecords(await readFile(callsPath, 'utf8'));

  return {
    scenario,
    modulePath,
    disksPath,
    env: {
      ...own,
      PSModulePath: modulePath,
      COMPUTERNAME: scenario.host.name,
      TZ: scenario.host.timeZone,
      LANG: `${scenario.host.culture.replace('-', '_')}.UTF-8`,
      LC_ALL: `${scenario.host.culture.replace('-', '_')}.UTF-8`,
      TERM: 'dumb',
    },
    readCalls,
    async readCounters() {
      const counters: Record<string, number> = {};
      for (const { cmdlet } of await readCalls()) counters[cmdlet] = (counters[cmdlet] ?? 0) + 1;
      return counters;
    },
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
}

/** The PowerShell side writes a line per pipeline record; those of one invocation are one call. */
function mergeRecords(text: string): readonly Call[] {
  const calls = new Map<string, { readonly cmdlet: string; readonly targets: string[] }>();
  for (const line of text.split('\n').filter((line) => line !== '')) {
    const record: Call & { readonly process: number; readonly invocation: number } = JSON.parse(line);
    const key = `${record.process}/${record.invocation}`;
    const call = calls.get(key) ?? { cmdlet: record.cmdlet, targets: [] };
    call.targets.push(...record.targets);
    calls.set(key, call);
  }
  return [...calls.values()];
}

/** Where a Windows path of the scenario lies below the folder of disks. The PowerShell side does the same. */
export function localPath(path: string): string {
  const plain = path.replaceAll('/', '\\').replace(/^\\\\\?\\UNC\\/i, '\\\\');
  const parts = plain.replace(/^\\\\\?\\(?=[a-z]:)/i, '').split('\\');
  if (/^[a-z]:$/i.test(parts[0] ?? '')) return [parts[0]?.[0]?.toUpperCase(), ...parts.slice(1)].join('/');
  return ['UNC', ...parts.filter((part) => part !== '')].join('/');
}

/** Sparse files: their sizes are real, their contents take no room. */
function layOutDisks(scenario: FullScenario, root: string): void {
  const made = new Set<string>();
  const ensure = (folder: string): void => {
    if (made.has(folder)) return;
    fs.mkdirSync(folder, { recursive: true });
    made.add(folder);
  };
  ensure(root);
  for (const { root: drive } of scenario.volumes) ensure(join(root, localPath(drive)));
  for (const file of scenario.files) {
    const local = join(root, localPath(file.path));
    ensure(join(local, '..'));
    const fd = fs.openSync(local, 'wx');
    fs.ftruncateSync(fd, file.sizeBytes);
    const modified = new Date(file.modified ?? scenario.host.utcNow);
    fs.futimesSync(fd, modified, modified);
    fs.closeSync(fd);
  }
}

/** Every stand-in has a folder of modules of its own, which leads to its scenario and may lack a module. */
async function modulesFor(scenario: FullScenario, folder: string): Promise<string> {
  const modules = join(folder, 'modules');
  fs.mkdirSync(modules);
  const missing = new Set<string>(scenario.host.missingModules);
  const present = (await readdir(MODULES)).filter((name) => !missing.has(name));
  await Promise.all(present.map((name) => symlink(join(MODULES, name), join(modules, name))));
  return modules;
}
