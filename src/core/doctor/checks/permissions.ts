import { plainText } from '../../render/plain-text.ts';
import { type OthersMay, othersMay } from '../access-list.ts';
import { type DoctorCheck, type Judged, ok, problem, unknown, warning, whenKnown } from '../check.ts';
import type { PathFacts } from '../facts.ts';

const WORDS: Readonly<Record<PathFacts['what'], string>> = {
  state: 'the state folder',
  configuration: 'the configuration',
  password: 'the file with the password',
  log: 'the folder of the log',
};

export const PERMISSIONS: DoctorCheck = {
  name: 'permissions',
  looksAt:
    'what accounts besides the agent and administrators may do with state folder, configuration, password file and log, by mode or access list',
  minds:
    'What others may change is a problem: the configuration names the program that runs as the agent. So is a password that others may read. State and log that others may read are a warning: names of VMs stand there.',
  isForWindows: false,
  judge: ({ paths }) => whenKnown(paths, (all) => judgePaths(all.filter(({ isThere }) => isThere))),
};

function judgePaths(paths: readonly PathFacts[]): Judged {
  const seen = paths.map((path) => ({ path, may: mayOf(path) }));
  const open = seen.flatMap(({ path, may }) => {
    if (may === null) return [];
    const name = `${WORDS[path.what]} ${plainText(path.path, 300)}`;
    if (may.write) return [{ isBad: true, text: `${name} may be changed by others` }];
    if (!may.read || path.what === 'configuration') return [];
    return [{ isBad: path.what === 'password', text: `${name} may be read by others` }];
  });
  const texts = open.map(({ text }) => text);
  if (open.some(({ isBad }) => isBad)) return problem(ONES(open.length), ADVICE, texts);
  if (open.length > 0) return warning(ONES(open.length), ADVICE, texts);
  const blind = seen.filter(({ may }) => may === null);
  if (blind.length > 0) {
    return unknown(`the rights of ${blind.map(({ path }) => WORDS[path.what]).join(', ')} could not be read`);
  }
  if (paths.length === 0) return ok('nothing to protect is there yet');
  return ok(`nobody else gets at ${paths.map(({ what }) => WORDS[what]).join(', ')}`);
}

const ONES = (open: number): string =>
  open === 1 ? 'others get at something of the agent' : `others get at ${open} things of the agent`;
const ADVICE =
  'Take the rights from them: on Windows "service install" sets those of its data folder anew (icacls FOLDER shows them), elsewhere chmod o-rwx.';

function mayOf({ mode, sddl }: PathFacts): OthersMay | null {
  if (mode !== null) return { read: (mode & 0o004) !== 0, write: (mode & 0o002) !== 0 };
  return sddl === null ? null : othersMay(sddl);
}
