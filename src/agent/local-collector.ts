import { createPowerShellCollector } from '../collector/collector.ts';
import type { Machine } from '../collector/executable.ts';
import { createNodePowerShell } from '../collector/node-powershell.ts';
import type { CollectorConfig } from '../config/config.ts';
import type { Clock, Collector } from '../ports.ts';

/** The collector for the machine the agent runs on. */
export function createLocalCollector(config: CollectorConfig, machine: Machine, clock: Clock): Collector {
  const runner = createNodePowerShell(config.powershell, machine);
  return createPowerShellCollector({ clock, runner, config });
}
