import { plainText } from '../../render/plain-text.ts';
import { mayUse } from '../access-list.ts';
import { type DoctorCheck, type Judged, ok, problem, unknown, whenKnown } from '../check.ts';
import type { DoctorFacts, ServiceFacts, StateFacts } from '../facts.ts';

export const STATE: DoctorCheck = {
  name: 'state',
  looksAt:
    'the state folder: whether it is there, can be written (on Windows by the account of the service, as its access list says), and whether the database in it is sound',
  minds: 'A folder that cannot be written, and a damaged or newer database, are problems.',
  isForWindows: false,
  judge: (facts) => whenKnown(facts.state, (state) => judgeState(state, facts)),
};

function judgeState(state: StateFacts, facts: DoctorFacts): Judged {
  const folder = plainText(state.folder, 300);
  if (state.folderIs === 'no folder') {
    return problem(`${folder} is no folder`, 'Give another with --state-dir, or move the file away.');
  }
  if (state.folderIs === 'missing') {
    return ok(`there is no ${folder} yet; the agent makes it when it starts`);
  }
  if (isWritable(state, facts) === false) {
    return problem(
      `${folder} cannot be written`,
      'Let the account of the agent create and change files in it; on Windows "service install" sets the rights anew.',
    );
  }
  switch (state.database) {
    case 'damaged':
      return problem(
        `the database in ${folder} is damaged`,
        'At its next start the agent puts it aside and begins anew; the next mail then lists everything that is open. Look for a failing disk.',
      );
    case 'newer':
      return problem(
        `the database in ${folder} was written by a newer version`,
        'Use that version again, or another folder with --state-dir.',
      );
    case 'missing':
      return ok(`${folder}: no database yet`);
    case 'unknown':
      return unknown(`${folder}: whether its database is sound is not known; it could not be opened`);
    case 'good':
      return ok(`${folder}: the database is sound`);
  }
}

/** An agent that runs on it has proven it; else the access list says whether the service may. */
function isWritable({ isLocked, isWritable: told }: StateFacts, facts: DoctorFacts): boolean | null {
  if (isLocked === true) return true;
  if (told !== null) return told;
  const list = facts.paths.known ? facts.paths.value.find(({ what }) => what === 'state')?.sddl : null;
  const service = facts.service.known ? facts.service.value : null;
  if (list == null || service === null) return null;
  return mayUse(list, sidsOf(service, facts));
}

/** Everybody, all that are logged on, services, and what is known of the account. */
function sidsOf({ sid, account }: ServiceFacts, { shell }: DoctorFacts): ReadonlySet<string> {
  const always = ['WD', 'S-1-1-0', 'AU', 'S-1-5-11', 'SU', 'S-1-5-6', sid];
  const system = account === 'LocalSystem' ? ['SY', 'S-1-5-18', 'BA', 'S-1-5-32-544'] : [];
  const groups =
    !shell.known || !shell.value.hyperVAdministrators?.includes(sid) ? [] : ['S-1-5-32-578', 'HA'];
  return new Set([...always, ...system, ...groups]);
}
