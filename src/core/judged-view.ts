import { attributeVms, foldReport, inventoryOf, unreadHost } from './fold.ts';
import type { Inventory } from './inventory.ts';
import type { HostReport, Instant } from './model.ts';
import type { Policy } from './policy/compile.ts';
import { NO_MEMORY, type PolicyMemory } from './policy/memory.ts';
import { judge } from './rules/index.ts';
import type { AgentView } from './view.ts';

export interface JudgedBy {
  readonly policy: Policy;
  readonly now: Instant;
  readonly scanIntervalMs: number;
  /** Nothing, unless an agent has run before. */
  readonly memory?: PolicyMemory;
}

/** What the outputs show of an inventory, judged at once. */
export function judgedView(
  inventory: Inventory,
  { policy, now, scanIntervalMs, memory }: JudgedBy,
): AgentView {
  const known = memory ?? NO_MEMORY;
  const judged = judge({ inventory, policy, memory: known, now });
  const { inventory: classified, findings } = judged;
  return { inventory: classified, findings, policy, memory: known, now, scanIntervalMs };
}

/** The inventory of reports that were made just now, or long ago, with nothing known from before. */
export function inventoryOfReports(reports: readonly HostReport[], now: Instant): Inventory {
  const hosts = reports.map((report) =>
    foldReport(unreadHost(report.host), report, report.status === 'read' ? attributeVms(report) : []),
  );
  return inventoryOf(hosts, now);
}
