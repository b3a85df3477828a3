import type { Instant } from '../../src/core/model.ts';
import { DAY_MS, GIB, HOUR_MS } from '../../src/core/units.ts';
import type { AgentView } from '../../src/core/view.ts';
import { type HostSpec, inventory, NOW, type VmSpec } from '../builders.ts';
import { policyOf, viewAt } from '../policy.ts';

const POLICY = policyOf(`
tags: {lab: [lab*]}
exceptions:
  - {vm: LAB09, checkpoint: golden, rules: [checkpoint-age, avhdx-size], reason: training image, until: 2026-12-31, owner: j.doe}
  - {vm: SQL01, checkpoint: before patch, reason: vendor case 4711, until: 2026-11-25 17:00}
  - {vm: GONE*, reason: nobody knows, until: 2026-12-31}
`);

export const LAB09: VmSpec = {
  name: 'LAB09',
  notes: '[ckpt:tag=training]',
  checkpoints: [{ name: 'golden', ageMs: 201 * DAY_MS, layerBytes: 40 * GIB }],
};
const SQL01: VmSpec = {
  name: 'SQL01',
  notes: 'owner=dba',
  checkpoints: [
    { name: 'before patch', ageMs: 12 * DAY_MS + 4 * HOUR_MS, layerBytes: 301 * GIB },
    { name: 'try index owner=m.mustermann', ageMs: 3 * DAY_MS + HOUR_MS, layerBytes: 2 * GIB },
  ],
};
const APP03: VmSpec = { name: 'APP03', checkpoints: [{ name: 'fresh', ageMs: 2 * DAY_MS }] };

/** One checkpoint that an exception covers wholly, one of which one covers a part, and others. */
export const PARTLY_EXCEPTED: AgentView = viewOf([SQL01, LAB09, APP03]);

/** Nothing is wrong but what an exception covers. */
export const ALL_EXCEPTED: AgentView = viewOf([LAB09, { name: 'WEB07' }]);

/** VMs judged with the same exceptions. */
export function viewOf(
  vms: readonly VmSpec[],
  { others = [], now = NOW }: { readonly others?: readonly HostSpec[]; readonly now?: Instant } = {},
): AgentView {
  return viewAt(inventory({ vms }, ...others), now, POLICY);
}
