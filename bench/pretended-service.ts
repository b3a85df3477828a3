import { appendFileSync } from 'node:fs';
import { startAgentChild } from '../service/host/agent-child.ts';
import { CONTROL } from '../service/host/codes.ts';
import { createHost } from '../service/host/host.ts';
import { CHECKPOINT_EVERY_MS } from '../service/host/status.ts';

/**
 * The service host where there is no Windows: its life and the agent's are the real ones and koffi is loaded, but the
 * service control manager is pretended. Stops with its standard input.
 * @param argv the agent's script, a file for the log, then options for `run`
 */
async function main([agent = '', logFile = '', ...runArguments]: readonly string[]): Promise<void> {
  await import('koffi');
  const log = (text: string): void => appendFileSync(logFile, `${text}\n`);
  const host = createHost(
    { drainMs: 20_000 },
    {
      monotonicMs: () => performance.now(),
      log,
      report: () => 0,
      startAgent: (events) => startAgentChild({ agent, runArguments, output: 2 }, events),
      exit: (code) => process.exit(code),
      heard: () => {},
      crashed: log,
    },
  );
  setInterval(() => host.tick(), CHECKPOINT_EVERY_MS);
  process.stdin.on('end', () => host.control(CONTROL.stop)).resume();
  host.called();
}

await main(process.argv.slice(2));
