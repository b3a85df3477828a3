import type { Instant } from '../core/model.ts';
import { DAY_MS } from '../core/units.ts';

/**
 * The policy of the demo, as an administrator would have written it for this fleet. Its dates follow the day on which
 * the demo is started.
 */
export function demoPolicyText(startedAt: Instant): string {
  const day = (days: number): string => new Date(startedAt + days * DAY_MS).toISOString().slice(0, 10);
  return `# The policy of the demo: "checkpoint-agent explain LAB09" and "explain SQL01" show it at work.

kind_presets: [rds-pool]            # VDI-01 to VDI-04: the marks of a pool are there for good

kinds:
  golden: { checkpoint: "golden*", advice: Ask the training team }

tags:
  prod: ["sql*", "exch*"]           # DEV05 has the tag lab in its notes

rules:
  checkpoint-age: { golden: { warning: 180d, critical: null } }
  memory-state: {}                  # off unless it is written: SQL01 carries memory in a checkpoint

overrides:
  - { tag: prod, rules: { checkpoint-age: { user: { warning: 2d, critical: 5d } } } }
  - { tag: lab, rules: { checkpoint-age: { user: { warning: 14d, critical: 30d } }, checkpoint-count: null } }

exceptions:
  - { vm: LAB09, checkpoint: golden, reason: training image, until: ${day(5)}, owner: j.doe }
  - { vm: BUILD99, reason: retired, until: ${day(300)} }
`;
}
