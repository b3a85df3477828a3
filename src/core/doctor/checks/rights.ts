import { plainText } from '../../render/plain-text.ts';
import { type DoctorCheck, ok, problem, unknown, whenKnown } from '../check.ts';
import type { AccountFacts } from '../facts.ts';

export const RIGHTS: DoctorCheck = {
  name: 'rights',
  looksAt:
    'the account that runs `doctor`: whether it is an administrator (elevated), in Hyper-V Administrators (S-1-5-32-578) or in Event Log Readers (S-1-5-32-573). That of the service is another check',
  minds: 'Neither an administrator nor in Hyper-V Administrators is a problem: Hyper-V shows it no VM.',
  isForWindows: true,
  judge: ({ shell }) =>
    whenKnown(shell, ({ account }) => {
      const { isAdministrator, isHyperVAdministrator, isHeldBack } = account;
      const name = account.name === null ? 'this account' : plainText(account.name, 100);
      const details = memberships(account);
      if (isAdministrator === true) return ok(`${name} is an administrator`, details);
      if (isHyperVAdministrator === true) return ok(`${name} is in Hyper-V Administrators`, details);
      if (isAdministrator === null || isHyperVAdministrator === null) {
        return unknown(`the groups of ${name} could not be read`);
      }
      if (isHeldBack === true) {
        return problem(
          `${name} is an administrator, but this prompt is not elevated`,
          'Open it with "Run as administrator".',
          details,
        );
      }
      return problem(
        `${name} may not see VMs`,
        'Run as an administrator, or add the account to Hyper-V Administrators (Add-LocalGroupMember -SID S-1-5-32-578 -Member ACCOUNT) and log on anew.',
        details,
      );
    }),
};

function memberships({ isHyperVAdministrator, isEventLogReader }: AccountFacts): readonly string[] {
  const said = (group: string, isIn: boolean | null): string =>
    `${group}: ${isIn === null ? 'not known' : isIn ? 'yes' : 'no'}`;
  return [said('Hyper-V Administrators', isHyperVAdministrator), said('Event Log Readers', isEventLogReader)];
}
