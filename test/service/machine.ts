import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { starterConfig } from '../../src/config/starter.ts';
import { pwshPath } from '../hyperv/stand-in.ts';

const SERVICE = join(import.meta.dirname, '..', '..', 'service');
const STAND_IN = join(import.meta.dirname, 'stand-in', 'windows.ps1');
/** Null on Windows: there drive C is the real one, and what the scripts change would be changed. */
export const PWSH = process.platform === 'win32' ? null : pwshPath();

/** What goes wrong, by the names that the stand-in knows. */
export type Faults = Readonly<Record<string, unknown>>;

/** What the stand-in keeps of a machine, besides its drive. */
export interface MachineState {
  facts: Record<string, unknown>;
  drives: Record<string, { type: string; format: string; freeBytes: number } | undefined>;
  registry: Record<string, Record<string, unknown>>;
  services: Record<string, string>;
  groups: Record<string, { name: string; members: string[] }>;
  firewall: Record<string, unknown>;
  security: Record<string, string>;
  ports: Record<string, string>;
  portOwners: Record<string, string>;
  faults: Faults;
  changes: string[];
  copied: number;
  asked: string;
  starter: string;
}

export interface Ran {
  readonly code: number | null;
  /** What it printed, as Windows would name its files. */
  readonly out: string;
  /** What was changed, in order. */
  readonly changes: readonly string[];
}

/** A pretended Windows, and scripts that run on it. */
export interface Machine {
  readonly state: MachineState;
  /** The folder that is drive C. */
  readonly drive: string;
  /** Unpacks a package of a version, and returns its folder. */
  unpack(version: string, over?: Readonly<Record<string, string | null>>): string;
  run(script: string, ...args: readonly string[]): Promise<Ran>;
  /** The same with somebody who answers its questions, a line each. */
  runAsked(answers: string, script: string, ...args: readonly string[]): Promise<Ran>;
  /** Runs it where a policy lets PowerShell do nearly nothing. */
  runConstrained(script: string): Promise<Ran>;
  write(path: string, text: string): void;
  read(path: string): string;
  exists(path: string): boolean;
  /** Every file below a folder, with its first line where it says something. */
  tree(path: string): readonly string[];
  dispose(): void;
}

export function makeMachine(over: Partial<MachineState> = {}): Machine {
  const root = mkdtempSync(join(tmpdir(), 'setup-'));
  const drive = join(root, 'drive');
  const linuxPath = (path: string): string => {
    const [letter = '', ...names] = path.split('\\');
    return join(letter === 'C:' ? drive : join(root, `drive-${letter[0]}`), ...names);
  };
  for (const folder of ['Program Files', 'ProgramData', 'Windows']) {
    mkdirSync(join(drive, folder), { recursive: true });
  }
  const state = { ...freshState(), ...over };
  const statePath = join(root, 'machine.json');
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(linuxPath(path)), { recursive: true });
    writeFileSync(linuxPath(path), text);
  };
  const windowsPaths = (text: string): string =>
    text.replaceAll(new RegExp(`${drive}/[^"'\\n;]*`, 'g'), (path) =>
      path.replace(`${drive}/`, 'C:\\').replaceAll('/', '\\'),
    );
  const run = async (answers: string | null, ...args: readonly string[]): Promise<Ran> => {
    writeFileSync(statePath, JSON.stringify(state));
    const ran = await startPowerShell(args, root, answers);
    const { changes, ...left } = JSON.parse(readFileSync(statePath, 'utf8'));
    Object.assign(state, left, { changes: [], copied: 0 });
    return { code: ran.code, out: windowsPaths(ran.out), changes: changes.map(windowsPaths) };
  };
  return {
    state,
    drive,
    unpack(version, files = {}) {
      const folder = `C:\\Users\\Admin\\Downloads\\agent-${version}`;
      const texts = { ...packageTexts(version), ...files };
      for (const [name, text] of Object.entries(texts)) if (text !== null) write(`${folder}\\${name}`, text);
      if (!('SHA256SUMS' in files)) write(`${folder}\\SHA256SUMS`, sumsOf(texts));
      return folder;
    },
    run: (script, ...args) => run(null, '-File', linuxPath(script), ...args),
    runAsked: (answers, script, ...args) => run(answers, '-File', linuxPath(script), ...args),
    runConstrained: (script) =>
      run(
        null,
        '-Command',
        `$ExecutionContext.SessionState.LanguageMode = 'ConstrainedLanguage'; & '${linuxPath(script)}'; exit $LASTEXITCODE`,
      ),
    write,
    read: (path) => readFileSync(linuxPath(path), 'utf8'),
    exists: (path) => existsSync(linuxPath(path)),
    tree: (path) => treeOf(linuxPath(path)),
    dispose: () => rmSync(root, { recursive: true, force: true }),
  };
}

function freshState(): MachineState {
  const build = { CurrentBuildNumber: '20348' };
  return {
    facts: {
      isAdministrator: true,
      is64Bit: true,
      build: 20348,
      powershell: '5.1.20348.2110',
      userSid: 'S-1-5-21-1-2-3-1001',
    },
    drives: { C: { type: 'Fixed', format: 'NTFS', freeBytes: 80 * 1024 ** 3 } },
    registry: {
      'SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion': build,
      'SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment': {
        Path: '%SystemRoot%\\system32;%SystemRoot%',
      },
    },
    services: {},
    groups: {
      'S-1-5-32-578': { name: 'Hyper-V-Administratoren', members: [] },
      'S-1-5-32-573': { name: 'Ereignisprotokollleser', members: [] },
    },
    firewall: {},
    security: {},
    ports: {},
    portOwners: {},
    faults: {},
    changes: [],
    copied: 0,
    asked: '',
    starter: starterConfig(),
  };
}

/** A package as small as can be; the scripts in it are the real ones, on the stand-in. */
function packageTexts(version: string): Record<string, string> {
  const texts: Record<string, string> = {
    VERSION: `${version}\n`,
    'node.exe': 'Node.js',
    'checkpoint-agent.mjs': `agent ${version}`,
    'service-host.mjs': `host ${version}`,
    'config\\agent.example.yml': '#web: { listen: 127.0.0.1:9753 }\n',
    'node_modules\\koffi\\index.js': 'koffi',
    'docs\\install.md': `how to install ${version}`,
  };
  for (const name of ['install.ps1', 'uninstall.ps1', 'bin/checkpoint-agent.cmd', ...setupFiles()]) {
    texts[name.replaceAll('/', '\\')] = readFileSync(join(SERVICE, name), 'utf8');
  }
  texts['setup\\windows.ps1'] = readFileSync(STAND_IN, 'utf8');
  return texts;
}

export function setupFiles(): readonly string[] {
  return readdirSync(join(SERVICE, 'setup')).map((name) => `setup/${name}`);
}

/** As `sha256sum` writes it. */
function sumsOf(texts: Readonly<Record<string, string | null>>): string {
  const lines = Object.entries(texts).flatMap(([name, text]) => {
    if (text === null) return [];
    return `${createHash('sha256').update(text).digest('hex')}  ${name.replaceAll('\\', '/')}\n`;
  });
  return lines.join('');
}

/** @param answers what somebody types; `null` when nobody can be asked */
async function startPowerShell(
  args: readonly string[],
  root: string,
  answers: string | null,
): Promise<{ code: number | null; out: string }> {
  const env = {
    ...process.env,
    SETUP_STAND_IN: root,
    ProgramFiles: 'C:\\Program Files',
    ProgramData: 'C:\\ProgramData',
    SystemRoot: 'C:\\Windows',
    SystemDrive: 'C:',
    TERM: 'dumb',
    NO_COLOR: '1',
    DOTNET_TieredPGO: '0',
    POWERSHELL_TELEMETRY_OPTOUT: '1',
  };
  const options = ['-NoLogo', '-NoProfile', ...(answers === null ? ['-NonInteractive'] : [])];
  const child = spawn(PWSH ?? '', [...options, ...args], { env, cwd: root, stdio: 'pipe' });
  child.stdin.end(answers ?? '');
  let out = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
  }
  const [code] = await once(child, 'close');
  return { code, out };
}

function treeOf(folder: string, prefix = ''): readonly string[] {
  if (!existsSync(folder)) return ['(none)'];
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const path = join(folder, name);
      if (statSync(path).isDirectory()) {
        const inner = treeOf(path, `${prefix}${name}\\`);
        return inner.length === 0 ? [`${prefix}${name}\\`] : inner;
      }
      return [
        `${prefix}${name}${/\.(db|log|mjs)$|VERSION/.test(name) ? `: ${readFileSync(path, 'utf8').trim()}` : ''}`,
      ];
    });
}
