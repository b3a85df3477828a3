import { existsSync } from 'node:fs';
import { systemClock } from '../agent/clock.ts';
import { scanIntervalMs } from '../agent/schedule.ts';
import { configPath, loadConfig, loadDefaults } from '../config/load.ts';
import { proposedConfig } from '../config/starter.ts';
import { inventoryOfReports, judgedView } from '../core/judged-view.ts';
import { compilePolicy } from '../core/policy/compile.ts';
import { proposalsFor } from '../core/policy/propose/proposals.ts';
import { formatInstant } from '../core/render/instant-text.ts';
import { plainText } from '../core/render/plain-text.ts';
import { hostLines, notLookedAt } from '../core/render/scan/table.ts';
import { count, DAY_MS } from '../core/units.ts';
import { type AgentView, totals, vmRows } from '../core/view.ts';
import { type ConfigInitOptions, putConfig, tellThere } from './config.ts';
import type { CliIo } from './io.ts';
import { lookAt } from './look.ts';
import { tellAdvice } from './read-hosts.ts';

export interface ConfigProposeOptions extends ConfigInitOptions {
  /** A report that was captured; `null` reads this machine. */
  readonly fromFile: string | null;
}

/** How long a proposed exception holds: so long that its reason can be asked for. */
const EXCEPTION_MS = 30 * DAY_MS;

/**
 * `config init --from-scan` and `--from-file`: the same file with proposals made from what is there. Exit codes: 0
 * written, 1 not read or not written.
 */
export async function configPropose(options: ConfigProposeOptions, io: CliIo): Promise<number> {
  const { env, platform, cwd } = io;
  const place = { path: options.config, env, platform, cwd };
  const file = configPath(place);
  // Before the host is read, which may take minutes.
  if (!options.stdout && !options.force && existsSync(file)) return tellThere(file, io);
  const defaults = loadDefaults(place);
  const present = loadConfig(place);
  const { reports, now, replay } = await lookAt(present.ok ? present.config : defaults, options.fromFile, io);
  const view = judgedView(inventoryOfReports(reports, now), {
    policy: compilePolicy(defaults.policy),
    now,
    scanIntervalMs: scanIntervalMs(defaults.schedule),
  });
  if (reports.every(({ status }) => status === 'failed')) {
    io.stderr.write(`Nothing can be proposed: nothing was read.\n${hostLines(view, replay).join('\n')}\n`);
    for (const report of reports) tellAdvice(report, io);
    return 1;
  }
  const until = new Date(systemClock.now() + EXCEPTION_MS).toISOString().slice(0, 'yyyy-mm-dd'.length);
  const from = { what: whatText(view), unseen: notLookedAt(view), until };
  return putConfig(proposedConfig(proposalsFor(view), from), options, io);
}

function whatText(view: AgentView): string {
  const { vms, checkpoints } = totals(vmRows(view));
  const hosts = view.inventory.hosts.map(({ host }) => plainText(host)).join(', ');
  return `${hosts} as of ${formatInstant(view.now, null)}: ${count(vms, 'VM')}, ${count(checkpoints, 'checkpoint')}`;
}
