import {
  type DoctorFacts,
  type Found,
  found,
  type MailFacts,
  type PortFacts,
  type ReadingFacts,
  type ServiceFacts,
  type ShellFacts,
  type StateFacts,
} from '../../../src/core/doctor/facts.ts';
import { DAY_MS, GIB, MINUTE_MS } from '../../../src/core/units.ts';
import { NOW } from '../../builders.ts';

const FOLDER = 'C:\\ProgramData\\hyperv-checkpoint-agent';
export const SERVICE_SID = 'S-1-5-80-1-2-3-4-5';
/** As install.ps1 sets it. */
export const TIGHT = `O:BAD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1301bf;;;${SERVICE_SID})`;

export const SHELL: ShellFacts = {
  executable: 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe',
  version: '5.1.20348.2849',
  is64Bit: true,
  languageMode: 'FullLanguage',
  account: {
    name: 'CONTOSO\\admin',
    isAdministrator: true,
    isHeldBack: false,
    isHyperVAdministrator: false,
    isEventLogReader: false,
  },
  policies: [
    { scope: 'MachinePolicy', policy: 'Undefined' },
    { scope: 'LocalMachine', policy: 'RemoteSigned' },
  ],
  vmms: 'Running',
  hyperVModule: '2.0.0.0',
  hyperVAdministrators: ['S-1-5-21-1-2-3-1001', SERVICE_SID],
  eventLogReaders: [SERVICE_SID],
  serviceAccountSid: null,
  eventSource: true,
  durationMs: 900,
};

export const READING: ReadingFacts = {
  host: 'hv01',
  durationMs: 4100,
  error: null,
  vms: 42,
  checkpoints: 7,
  troubles: [],
  clockAheadMs: 300,
  utcOffsetMin: 60,
  timeZone: 'W. Europe Standard Time',
};

export const PORT: PortFacts = {
  host: '127.0.0.1',
  port: 9753,
  answer: { who: 'agent', version: '1.2.3' },
};

export const STATE: StateFacts = {
  folder: `${FOLDER}\\state`,
  folderIs: 'there',
  isWritable: null,
  isLocked: true,
  database: 'good',
};

export const MAIL: MailFacts = {
  server: 'mail.contoso.com',
  port: 587,
  tls: 'starttls',
  failure: null,
  login: 'done',
  protocol: 'TLSv1.3',
  certificate: { names: ['mail.contoso.com'], validToAt: NOW + 90 * DAY_MS, fault: null },
};

export const SERVICE: ServiceFacts = {
  name: 'hyperv-checkpoint-agent',
  state: 4,
  stateText: 'running',
  endText: null,
  startType: 2,
  account: 'NT SERVICE\\hyperv-checkpoint-agent',
  sid: SERVICE_SID,
  config: `${FOLDER}\\agent.yml`,
  stateDir: `${FOLDER}\\state`,
};

/** A Windows on which all is well. */
export const WELL: DoctorFacts = {
  now: NOW,
  program: {
    version: '1.2.3',
    platform: 'win32',
    arch: 'x64',
    isEmulated: false,
    node: '24.21.0',
    utcOffsetMin: 60,
    timeZone: 'Europe/Berlin',
  },
  config: {
    path: `${FOLDER}\\agent.yml`,
    status: 'read',
    problems: [],
    warnings: [],
    collectorTimeoutMs: 5 * MINUTE_MS,
    scanIntervalMs: 15 * MINUTE_MS,
    stateDir: `${FOLDER}\\state`,
  },
  shell: found(SHELL),
  shellError: null,
  reading: found(READING),
  unmatched: found([]),
  port: found(PORT),
  state: found(STATE),
  paths: found([
    { path: `${FOLDER}\\state`, what: 'state', isThere: true, mode: null, sddl: TIGHT },
    { path: `${FOLDER}\\agent.yml`, what: 'configuration', isThere: true, mode: null, sddl: TIGHT },
    { path: `${FOLDER}\\logs`, what: 'log', isThere: true, mode: null, sddl: TIGHT },
  ]),
  disks: found([
    { path: `${FOLDER}\\state`, what: 'state', freeBytes: 80 * GIB },
    { path: `${FOLDER}\\logs`, what: 'log', freeBytes: 80 * GIB },
  ]),
  mail: found(MAIL),
  service: found(SERVICE),
};

/** Another value of a fact that is known. */
export function but<T extends object>(value: T, more: Partial<T>): Found<T> {
  return found({ ...value, ...more });
}
