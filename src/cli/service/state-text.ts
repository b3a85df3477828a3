import type { QueriedService } from './sc-output.ts';
import { WINDOWS_ERROR, windowsErrorText } from './service-control.ts';

const STATES: Readonly<Record<number, string>> = {
  1: 'stopped',
  2: 'starting',
  3: 'stopping',
  4: 'running',
  5: 'about to go on',
  6: 'about to pause',
  7: 'paused',
};

export function stateText(state: number | null): string {
  return STATES[state ?? 0] ?? 'in an unknown state';
}

/** Codes of the service host and of the agent, which the log of the host tells more about. */
const ENDS: Readonly<Record<number, string>> = {
  1: 'the agent could not start, or failed',
  2: 'the agent was given options it does not know',
  78: 'the configuration is wrong; "checkpoint-agent config check" tells what',
  20001: 'the agent ended although nobody asked it to',
  20002: 'the agent was not ready in time',
  20003: 'the agent could not be started',
  20004: 'a fault of the service host',
  20005: 'the folder for the logs cannot be written',
};

/** Never started since Windows was. */
const NEVER_STARTED = 1077;

/** Why a service has stopped; `null` when it was asked to, or never started. */
export function endText({ win32ExitCode, serviceExitCode }: QueriedService): string | null {
  if (win32ExitCode === null || win32ExitCode === 0 || win32ExitCode === NEVER_STARTED) return null;
  if (win32ExitCode !== WINDOWS_ERROR.serviceSpecific) return windowsErrorText(win32ExitCode);
  const code = serviceExitCode ?? 0;
  return `${ENDS[code] ?? 'it failed'} (code ${code}; see agent-output.log and service-host.log)`;
}
