import type { SendToHost } from '../agent/event-log.ts';

/**
 * The channel to the service host that started this process; `null` when none did. What it is sent: `{ type: 'ready' }`,
 * and events as `eventMessage` makes them. Whether it still listens is not the agent's concern.
 */
export function hostChannel(process: Pick<NodeJS.Process, 'send'>): SendToHost | null {
  if (process.send === undefined) return null;
  return (message, done) => void process.send?.(message, undefined, undefined, () => done());
}
