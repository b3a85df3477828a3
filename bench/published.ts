import { readReport } from '../src/collector/report.ts';
import { attributeVms, foldReport, unreadHost } from '../src/core/fold.ts';
import { DEFAULT_RULES, judge } from '../src/core/rules/index.ts';
import type { AgentView } from '../src/core/view.ts';
import { FIRST_SCAN_AT, type Fleet, reportJson, SCAN_EVERY_MS } from './fleet.ts';

/** What the agent would publish after one scan of the fleet. */
export async function viewOf(fleet: Fleet): Promise<AgentView> {
  const read = await readReport(reportJson(fleet, 0), {
    host: 'hv01',
    readAt: FIRST_SCAN_AT,
    durationMs: 1000,
  });
  if (!read.ok) throw new Error(`the report was not read: ${read.error.code} ${read.error.detail}`);
  const { reading } = read;
  const host = foldReport(unreadHost('hv01'), reading, attributeVms(reading));
  const inventory = { at: FIRST_SCAN_AT, hosts: [host] };
  const findings = judge(inventory, DEFAULT_RULES, FIRST_SCAN_AT);
  return { inventory, findings, now: FIRST_SCAN_AT, scanIntervalMs: SCAN_EVERY_MS };
}
