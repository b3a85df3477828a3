import { DOCTOR_VERDICTS, type DoctorCheck, type DoctorVerdict, type Judged } from './check.ts';
import { CLOCK } from './checks/clock.ts';
import { CONFIG } from './checks/config.ts';
import { DISK_SPACE } from './checks/disk-space.ts';
import { EXECUTION_POLICY } from './checks/execution-policy.ts';
import { HYPER_V_MODULE, VMMS } from './checks/hyper-v.ts';
import { MAIL } from './checks/mail.ts';
import { OTHER_AGENT } from './checks/other-agent.ts';
import { PATTERNS } from './checks/patterns.ts';
import { PERMISSIONS } from './checks/permissions.ts';
import { PORT } from './checks/port.ts';
import { POWERSHELL } from './checks/powershell.ts';
import { PROGRAM } from './checks/program.ts';
import { FILES, READING } from './checks/reading.ts';
import { RIGHTS } from './checks/rights.ts';
import { SCHEDULE } from './checks/schedule.ts';
import { EVENT_SOURCE, SERVICE, SERVICE_ACCOUNT } from './checks/service.ts';
import { STATE } from './checks/state.ts';
import type { DoctorFacts } from './facts.ts';

/** Every check there is, in the order in which things depend on one another. */
export const DOCTOR_CHECKS: readonly DoctorCheck[] = [
  PROGRAM,
  CONFIG,
  POWERSHELL,
  EXECUTION_POLICY,
  RIGHTS,
  VMMS,
  HYPER_V_MODULE,
  READING,
  FILES,
  CLOCK,
  SCHEDULE,
  PATTERNS,
  STATE,
  PERMISSIONS,
  DISK_SPACE,
  OTHER_AGENT,
  PORT,
  MAIL,
  SERVICE,
  SERVICE_ACCOUNT,
  EVENT_SOURCE,
];

export interface DoctorResult extends Judged {
  readonly name: string;
}

export interface DoctorReport {
  readonly at: number;
  readonly version: string;
  readonly utcOffsetMin: number;
  /** The worst first; else in the order of the checks. */
  readonly results: readonly DoctorResult[];
  readonly worst: DoctorVerdict;
  /** Names of the checks that mean nothing on this system. */
  readonly notApplicable: readonly string[];
}

/** Judges what was found out. */
export function examine(facts: DoctorFacts): DoctorReport {
  const isWindows = facts.program.platform === 'win32';
  const results = DOCTOR_CHECKS.filter((check) => isWindows || !check.isForWindows)
    .map(({ name, judge }): DoctorResult => ({ name, ...judge(facts) }))
    .sort((a, b) => rank(a.verdict) - rank(b.verdict));
  return {
    at: facts.now,
    version: facts.program.version,
    utcOffsetMin: facts.program.utcOffsetMin,
    results,
    worst: results[0]?.verdict ?? 'ok',
    notApplicable: DOCTOR_CHECKS.filter((check) => check.isForWindows && !isWindows).map(({ name }) => name),
  };
}

function rank(verdict: DoctorVerdict): number {
  return DOCTOR_VERDICTS.indexOf(verdict);
}
