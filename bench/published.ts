import { readReport } from '../src/collector/report.ts';
import { loadDefaults } from '../src/config/load.ts';
import { inventoryOfReports, judgedView } from '../src/core/judged-view.ts';
import { compilePolicy } from '../src/core/policy/compile.ts';
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
  const { policy } = loadDefaults({ env: {}, platform: 'linux', thisMachine: ['hv01'] });
  return judgedView(inventoryOfReports([read.reading], FIRST_SCAN_AT), {
    policy: compilePolicy(policy),
    now: FIRST_SCAN_AT,
    scanIntervalMs: SCAN_EVERY_MS,
  });
}
