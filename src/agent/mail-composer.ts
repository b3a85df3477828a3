import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { Config } from '../config/config.ts';
import type { Notification } from '../core/alert/alert.ts';
import type { OutgoingMail } from '../core/outgoing-mail.ts';
import { composeMails } from '../core/render/mail/compose-mails.ts';
import type { AgentView } from '../core/view.ts';
import { VERSION } from '../version.ts';

export type ComposeMails = (
  notifications: readonly Notification[],
  view: AgentView,
) => readonly OutgoingMail[];

/** How notifications become mails under a configuration; `null` when nobody is to be mailed. */
export function mailComposer({ mail, source, web }: Config, machineName: string): ComposeMails | null {
  if (mail === null) return null;
  const settings = {
    from: mail.from,
    to: mail.to,
    subjectPrefix: mail.subjectPrefix,
    machineName,
    version: VERSION,
    config: source === null ? null : { fileName: basename(source.path), modifiedAt: source.modifiedAt },
    // An address on loopback is of no use to whoever reads the mail elsewhere.
    pageUrl: web.externalUrl,
    hash: (text: string) => createHash('sha256').update(text).digest('hex'),
  };
  return (notifications, view) => composeMails(notifications, view, settings);
}
