import { createHash } from 'node:crypto';
import type { Alert, ChangeReason, Notification } from '../../../src/core/alert/alert.ts';
import { type Finding, findingKey } from '../../../src/core/finding.ts';
import type { MailSettings } from '../../../src/core/render/mail/envelope.ts';
import { DAY_MS, HOUR_MS } from '../../../src/core/units.ts';
import type { AgentView } from '../../../src/core/view.ts';
import { type HostSpec, NOW, view } from '../../builders.ts';
import { findingsIn } from '../../policy.ts';

export const SETTINGS: MailSettings = {
  from: 'Hyper-V <hyperv@example.com>',
  to: ['virtualization@example.com', 'oncall@example.com'],
  subjectPrefix: '[Hyper-V checkpoints]',
  machineName: 'HVMON',
  version: '0.1.0',
  config: { fileName: 'agent.yml', modifiedAt: NOW - 18 * DAY_MS },
  pageUrl: 'http://hv-mon:9753/',
  hash: (text) => createHash('sha256').update(text).digest('hex'),
};

/** Hosts judged by the rules as they are shipped. */
export function judged(...hosts: readonly HostSpec[]): AgentView {
  const bare = view(hosts);
  return { ...bare, findings: findingsIn(bare.inventory, bare.now) };
}

export function alertOf(finding: Finding, more: Partial<Alert> = {}): Alert {
  return {
    key: findingKey(finding),
    finding,
    startedAt: NOW - 2 * HOUR_MS,
    lastSeenAt: NOW,
    absences: 0,
    absentAt: null,
    endedAt: null,
    milderSince: null,
    told: null,
    ...more,
  };
}

/** A notification of this reason for every finding of warning and critical that the filter lets through. */
export function changes(
  { findings }: AgentView,
  reason: ChangeReason,
  isMeant: (finding: Finding) => boolean = () => true,
): readonly Notification[] {
  const told = reason === 'new' ? null : { severity: 'warning' as const, at: NOW - DAY_MS };
  const endedAt = reason === 'resolved' ? NOW : null;
  return findings
    .filter((finding) => finding.severity !== 'info' && isMeant(finding))
    .map((finding) => ({ reason, alert: alertOf(finding, { told, endedAt }) }));
}

export function baseline({ findings }: AgentView): readonly Notification[] {
  const alerts = findings.filter(({ severity }) => severity !== 'info').map((finding) => alertOf(finding));
  return [{ reason: 'baseline', alerts }];
}
