import { plainText } from '../../render/plain-text.ts';
import { type DoctorCheck, type Judged, ok, problem, unknown, warning, whenKnown } from '../check.ts';
import type { DoctorFacts, ServiceFacts, ShellFacts } from '../facts.ts';
import { isManaged } from '../managed-account.ts';

const STATE_RUNNING = 4;
const START_DISABLED = 4;

export const SERVICE: DoctorCheck = {
  name: 'service',
  looksAt:
    'whether the Windows service is installed and runs, and which configuration and state folder it uses',
  minds:
    'One that is there and does not run is a problem, none a warning. So is a service that uses another configuration or state folder than was looked at here.',
  isForWindows: true,
  judge: (facts) =>
    whenKnown(facts.service, (service) =>
      service === null
        ? warning('the service is not installed', 'checkpoint-agent service install')
        : judgeService(service, facts),
    ),
};

function judgeService(service: ServiceFacts, { config, state }: DoctorFacts): Judged {
  const text = `${service.name} is ${service.stateText}, as ${plainText(service.account ?? 'an unknown account', 100)}`;
  if (service.startType === START_DISABLED) {
    return problem(`${text}; it is disabled`, `sc.exe config ${service.name} start= delayed-auto`);
  }
  if (service.state !== STATE_RUNNING) {
    return problem(
      service.endText === null ? text : `${text}: ${plainText(service.endText, 300)}`,
      'checkpoint-agent service start',
    );
  }
  const used = [
    ...differs('--config', service.config, config.path),
    ...differs('--state-dir', service.stateDir, state.known ? state.value.folder : null),
  ];
  if (used.length > 0) {
    return warning(
      `${text}, with other files than were looked at here`,
      `Run "checkpoint-agent doctor ${used.join(' ')}".`,
    );
  }
  return ok(text);
}

function differs(option: string, ofService: string | null, here: string | null): readonly string[] {
  if (ofService === null || here === null) return [];
  const isSame = ofService.toLowerCase() === here.toLowerCase();
  return isSame ? [] : [`${option} "${plainText(ofService, 300)}"`];
}

export const SERVICE_ACCOUNT: DoctorCheck = {
  name: 'service-account',
  looksAt: 'whether the account of the service is in Hyper-V Administrators and Event Log Readers',
  minds:
    'Not in the first is a problem, not in the second a warning. Groups within groups are not looked into, and an account with a password is left to whoever chose it.',
  isForWindows: true,
  judge: ({ service, shell }) =>
    whenKnown(service, (installed) =>
      installed === null
        ? ok('there is no service')
        : whenKnown(shell, (groups) => judgeAccount(installed, groups)),
    ),
};

function judgeAccount({ account, sid, name }: ServiceFacts, groups: ShellFacts): Judged {
  if (account === 'LocalSystem') return ok('LocalSystem may see every VM; a virtual account would be enough');
  if (account === null) return unknown('the service did not tell its account');
  const shown = plainText(account, 100);
  if (account.toLowerCase() === `nt service\\${name}`.toLowerCase()) return judgeGroups(shown, sid, groups);
  if (!isManaged(account)) return ok(`${shown} was chosen by somebody, who sees to its groups`);
  const { serviceAccountSid } = groups;
  if (serviceAccountSid === null) return unknown(`${shown} could not be looked up in the directory`);
  return judgeGroups(shown, serviceAccountSid, groups);
}

function judgeGroups(shown: string, sid: string, groups: ShellFacts): Judged {
  const { hyperVAdministrators, eventLogReaders } = groups;
  if (hyperVAdministrators === null)
    return unknown('the members of Hyper-V Administrators could not be listed');
  if (!hyperVAdministrators.includes(sid)) {
    return problem(
      `${shown} is not in Hyper-V Administrators`,
      `Run "checkpoint-agent service install" again, or Add-LocalGroupMember -SID S-1-5-32-578 -Member ${sid}; then start the service anew.`,
    );
  }
  if (eventLogReaders !== null && !eventLogReaders.includes(sid)) {
    return warning(
      `${shown} is in Hyper-V Administrators, but not in Event Log Readers`,
      `Add-LocalGroupMember -SID S-1-5-32-573 -Member ${sid}; then start the service anew.`,
    );
  }
  return ok(`${shown} is in Hyper-V Administrators and Event Log Readers`);
}

export const EVENT_SOURCE: DoctorCheck = {
  name: 'event-source',
  looksAt: 'whether the event source of the service is registered in the Application log',
  minds: 'A warning when it is not: Event Viewer then shows its events without their text.',
  isForWindows: true,
  judge: ({ shell, service }) =>
    whenKnown(shell, ({ eventSource }) => {
      if (service.known && service.value === null) return ok('there is no service');
      if (eventSource === null) return unknown('the registry could not be read');
      if (eventSource) return ok('it is registered in the Application log');
      return warning('it is not registered', 'Run "checkpoint-agent service install" again.');
    }),
};
