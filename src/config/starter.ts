import type { Proposals } from '../core/policy/propose/proposals.ts';
import { proposedSections } from './starter-proposals.ts';
import { commentLines } from './yaml-write.ts';

const SCHEMA = '# yaml-language-server: $schema=./agent.schema.json\n';

const HEAD = `# Configuration of hyperv-checkpoint-agent. As it stands it changes nothing: this machine is watched with the defaults,
# and no mail is sent. Take the # away from what you want to change, then: checkpoint-agent config check
# All options with their present values: checkpoint-agent config show
`;

const SCHEDULE = '#schedule: { every: 15m }\n';

const AGES = '#  checkpoint-age: { user: { warning: 3d, critical: 7d } }\n';

const rules = (ages: string): string => `#rules:
${ages}#  avhdx-size: { warning: [50GiB, 10%], critical: [200GiB, 25%] }
#  checkpoint-count: { warning: 3, critical: 10 }
`;

const MAIL = `#mail:
#  smtp: { host: mail.example.com, from: hyperv@example.com }
#  to: [virtualization@example.com]
`;

const WEB = '#web: { listen: 127.0.0.1:9753 }\n';

/** What `config init` writes: the few lines most people need, commented out. */
export function starterConfig(): string {
  return [`${SCHEMA}#\n${HEAD}`, SCHEDULE, rules(AGES), MAIL, WEB].join('\n');
}

const ADVICE =
  'A proposal describes what is there, not what should be: read each, and keep what you would say yourself. What a file would find otherwise than the configuration in force, without using it:';
const TRY = '# checkpoint-agent scan --try FILE\n';

/** What the proposals were made from, in words. */
export interface ProposedFrom {
  /** Such as `hv01 as captured 2026-03-02 09:00 UTC: 8 VMs, 7 checkpoints`. */
  readonly what: string;
  /** A sentence about what was not looked at; `null` when everything was. */
  readonly unseen: string | null;
  /** The last day of proposed exceptions, such as 2026-12-20. */
  readonly until: string;
}

/** The same with proposals made from what is there. All of it is commented out, and valid when none of it is any more. */
export function proposedConfig(proposals: Proposals, from: ProposedFrom): string {
  const { before, ages, behind } = proposedSections(proposals, from.until);
  const made = `Proposals were made from ${from.what}.${from.unseen === null ? '' : ` ${from.unseen}`}`;
  const intro = [made, ADVICE].map((text) => commentLines(text, '# ')).join('');
  const head = `${SCHEMA}#\n${HEAD}#\n${intro}${TRY}`;
  return [head, SCHEDULE, ...before, rules(ages ?? AGES), ...behind, MAIL, WEB].join('\n');
}
