import type { OutgoingMail } from '../../outgoing-mail.ts';
import type { AgentView } from '../../view.ts';
import { formatInstant } from '../instant-text.ts';
import { plainText } from '../plain-text.ts';
import type { Block } from './body.ts';
import { mailHtml } from './html.ts';
import { mailText } from './text.ts';

/** What every mail of an agent has in common. */
export interface MailSettings {
  readonly from: string;
  readonly to: readonly string[];
  /** In front of every subject, such as `[Hyper-V checkpoints]`. */
  readonly subjectPrefix: string;
  /** The machine the agent runs on, for the last line and for Message-IDs. */
  readonly machineName: string;
  readonly version: string;
  /** The configuration file; `null` for the defaults alone. */
  readonly config: { readonly fileName: string; readonly modifiedAt: number } | null;
  /** The status page; `null` when people cannot reach it. */
  readonly pageUrl: string | null;
  /** A cryptographic hash in hexadecimal: the core has none of its own. */
  readonly hash: (text: string) => string;
}

/** A mail before it has its head and its ids. */
export interface Draft {
  readonly subject: string;
  /** The same for the same event, another for every other. */
  readonly identity: string;
  readonly thread: string | null;
  readonly state: string;
  readonly severity: string;
  readonly blocks: readonly Block[];
}

/** Gives a draft its ids, its head and its two bodies. */
export function seal(view: AgentView, settings: MailSettings, draft: Draft): OutgoingMail {
  const { hash, from, to } = settings;
  const id = (text: string): string => `<${hash(text).slice(0, 32)}@${domain(settings.machineName)}>`;
  const subject = plainText(`${settings.subjectPrefix} ${draft.subject}`, 180);
  const blocks = [...draft.blocks, { type: 'note' as const, text: lastLine(settings) }];
  return {
    messageId: id(`${draft.identity}|${to.join(',')}`),
    threadId: draft.thread === null ? null : id(`thread|${draft.thread}`),
    composedAt: view.now,
    from,
    to,
    subject,
    text: mailText(blocks),
    html: mailHtml(subject, blocks),
    headers: {
      // RFC 3834; Exchange heeds the second, so that nobody's absence is answered to the agent.
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      Precedence: 'bulk',
      'List-ID': `Hyper-V checkpoints <hyperv-checkpoints.${domain(settings.machineName)}>`,
      'X-Checkpoint-Agent-State': draft.state,
      'X-Checkpoint-Agent-Severity': draft.severity,
    },
  };
}

/** The name of the machine as it may stand in a Message-ID. */
function domain(machineName: string): string {
  const plain = machineName
    .toLowerCase()
    .replace(/[^a-z0-9.-]+/g, '-')
    .replace(/^[.-]+|[.-]+$/g, '');
  return plain === '' ? 'checkpoint-agent' : plain.slice(0, 100);
}

function lastLine({ version, machineName, config, pageUrl }: MailSettings): string {
  const source =
    config === null
      ? 'default configuration'
      : `${plainText(config.fileName)} of ${formatInstant(config.modifiedAt, null).slice(0, 10)}`;
  const page = pageUrl === null ? '' : ` · ${pageUrl}`;
  return `hyperv-checkpoint-agent ${version} on ${plainText(machineName)} · ${source}${page}`;
}
