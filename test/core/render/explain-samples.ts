import { createHash } from 'node:crypto';
import { judgedView } from '../../../src/core/judged-view.ts';
import { NO_MEMORY, type PolicyMemory } from '../../../src/core/policy/memory.ts';
import { explain } from '../../../src/core/render/explain/explain.ts';
import { HOUR_MS } from '../../../src/core/units.ts';
import type { AgentView } from '../../../src/core/view.ts';
import { type HostSpec, inventory, NOW } from '../../builders.ts';
import { policyOf } from '../../policy.ts';

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Hosts judged by a configuration. */
export function judgedBy(
  yaml: string,
  hosts: readonly HostSpec[],
  { now = NOW, memory = NO_MEMORY }: { now?: number; memory?: PolicyMemory } = {},
): AgentView {
  return judgedView(inventory(...hosts), { policy: policyOf(yaml), now, scanIntervalMs: HOUR_MS, memory });
}

/** What is said of something that is there. */
export function explained(view: AgentView, what: string): string {
  const { isFound, text } = explain(view, what, sha256);
  if (!isFound) throw new Error(text);
  return text;
}
