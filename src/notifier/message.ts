import type { SendMailOptions } from 'nodemailer';
import type { OutgoingMail } from '../ports.ts';

/**
 * A mail as nodemailer takes it. Addresses go in as objects, for it reads lists out of strings; text and HTML are
 * always strings, for it reads files named by objects.
 */
export function message(mail: OutgoingMail, recipients: readonly string[]): SendMailOptions {
  const thread = mail.threadId === null ? {} : { inReplyTo: mail.threadId, references: mail.threadId };
  return {
    messageId: mail.messageId,
    date: new Date(mail.composedAt),
    from: mail.from,
    to: mail.to.map((address) => ({ name: '', address })),
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    headers: { ...mail.headers },
    ...thread,
    envelope: { from: mail.from, to: [...recipients] },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}
