import { scanIntervalMs } from '../agent/schedule.ts';
import { inventoryOfReports } from '../core/judged-view.ts';
import { compilePolicy } from '../core/policy/compile.ts';
import { configForCommand } from './config-for-command.ts';
import type { CliIo } from './io.ts';
import { lookAt } from './look.ts';
import { tellAdvice } from './read-hosts.ts';
import { type ScanOptions, showScan } from './scan-view.ts';
import { tellUnmatched } from './tell-unmatched.ts';

export interface ScanRequest extends ScanOptions {
  readonly config: string | null;
  /** A report to show instead of reading the host. */
  readonly fromFile: string | null;
}

/** Reads once and shows. Exit codes: 0 done, 1 not read, 4 found what `failOn` names, 78 the configuration is wrong. */
export async function scan(request: ScanRequest, io: CliIo): Promise<number> {
  const loaded = configForCommand(request.config, io);
  if (!loaded.ok) return loaded.exitCode;
  const { config, path } = loaded;
  const { reports, now, replay } = await lookAt(config, request.fromFile, io);
  const policy = compilePolicy(config.policy);
  const inventory = inventoryOfReports(reports, now);
  const scanned = { inventory, policy, scanIntervalMs: scanIntervalMs(config.schedule), now, replay };
  const exitCode = showScan(scanned, request, io);
  tellUnmatched(path, policy, inventory, io);
  // Last, where people look.
  for (const report of reports) tellAdvice(report, io);
  return exitCode;
}
