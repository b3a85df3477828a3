import { parseConfig } from '../src/config/parse.ts';
import { describeProblems } from '../src/config/problem.ts';
import type { Finding } from '../src/core/finding.ts';
import type { Inventory } from '../src/core/inventory.ts';
import { judgedView } from '../src/core/judged-view.ts';
import type { Instant } from '../src/core/model.ts';
import { compilePolicy, type Policy } from '../src/core/policy/compile.ts';
import { NO_MEMORY, type PolicyMemory } from '../src/core/policy/memory.ts';
import { judge, type RulesConfig } from '../src/core/rules/index.ts';
import { HOUR_MS } from '../src/core/units.ts';
import type { AgentView } from '../src/core/view.ts';

/** The policy that a configuration makes; fails with its problems when it is none. */
export function policyOf(yaml: string, now: Instant = Date.UTC(2026, 10, 20)): Policy {
  const parsed = parseConfig(yaml, {
    path: '/etc/agent.yml',
    modifiedAt: 0,
    env: {},
    platform: 'linux',
    thisMachine: ['hv01'],
    now,
    readFile: () => ({ status: 'failed', reason: 'no files here' }),
  });
  if (!parsed.ok) throw new Error(describeProblems('agent.yml', parsed.problems));
  return compilePolicy(parsed.config.policy);
}

/** What holds when nothing is configured. */
export const DEFAULT_POLICY: Policy = policyOf('');

/** The same with other options for some rules, as they are after the configuration was read. */
export function policyOfRules(rules: Partial<RulesConfig>): Policy {
  const all: RulesConfig = { ...DEFAULT_POLICY.rules, ...rules };
  return { ...DEFAULT_POLICY, rules: all, rulesFor: () => all };
}

/** What is found in an inventory. */
export function findingsIn(
  inventory: Inventory,
  now: Instant,
  { policy = DEFAULT_POLICY, memory = NO_MEMORY }: { policy?: Policy; memory?: PolicyMemory } = {},
): readonly Finding[] {
  return judge({ inventory, policy, memory, now }).findings;
}

/** What the outputs show of an inventory that is scanned every hour. */
export function viewAt(inventory: Inventory, now: Instant, policy: Policy = DEFAULT_POLICY): AgentView {
  return judgedView(inventory, { policy, now, scanIntervalMs: HOUR_MS });
}
