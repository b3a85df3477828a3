import { FAILURE } from './codes.ts';

/** What the service-specific exit code means, in words. */
export function failureText(failure: number): string {
  return MEANINGS.get(failure) ?? 'the exit code of the agent; agent-output.log says more';
}

const MEANINGS: ReadonlyMap<number, string> = new Map([
  [1, 'the agent could not start, or failed; agent-output.log says why'],
  [2, 'the agent was given options it does not know; agent-output.log names them'],
  [78, 'the configuration of the agent is wrong; agent-output.log names each problem with its place'],
  [FAILURE.endedUnasked, 'the agent ended although nobody asked it to'],
  [FAILURE.notReady, 'the agent was not ready in time'],
  [FAILURE.notStarted, 'the agent could not be started'],
  [FAILURE.hostFault, 'a fault of the service host'],
  [FAILURE.noLogs, 'the folder for the logs cannot be written'],
]);
