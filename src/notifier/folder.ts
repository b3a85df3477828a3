import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import type { Notifier } from '../ports.ts';
import { message } from './message.ts';

/** A message that was written into the folder. */
export interface WrittenMail {
  readonly subject: string;
  /** Name of the file, without its folder. */
  readonly file: string;
  /** What it tells, such as `new`, `worse` or `resolved`; empty for a message that does not say. */
  readonly state: string;
}

export interface FolderOptions {
  /** Made when it is not there, but not its parents. */
  readonly folder: string;
  readonly onWritten: (mail: WrittenMail) => void;
}

/** Writes each message as it would be sent into a folder: `0001-sql01-stale-checkpoint.eml` and so on. */
export function createFolderNotifier({ folder, onWritten }: FolderOptions): Notifier {
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
  return {
    async send(mail, recipients) {
      try {
        // Not with its parents: where they are gone, `recursive` may never end.
        if (!existsSync(folder)) mkdirSync(folder);
        const info = await transport.sendMail(message(mail, recipients));
        const file = `${String(nextNumber(folder)).padStart(4, '0')}-${slug(mail.subject)}.eml`;
        // Whoever watches the folder never sees half a message.
        writeFileSync(join(folder, `.${file}.part`), bytesOf(info.message));
        renameSync(join(folder, `.${file}.part`), join(folder, file));
        onWritten({ subject: mail.subject, file, state: mail.headers['X-Checkpoint-Agent-State'] ?? '' });
        return { accepted: recipients, refused: [], failure: null };
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        const detail = `the message could not be written to ${folder}: ${why}`;
        return { accepted: [], refused: [], failure: { reason: 'other', detail, retry: true } };
      }
    },
    close: () => transport.close(),
  };
}

function bytesOf(content: unknown): Buffer {
  if (Buffer.isBuffer(content)) return content;
  throw new Error('nodemailer made no message');
}

function nextNumber(folder: string): number {
  const numbers = readdirSync(folder).flatMap((name) => {
    const match = /^(\d{4,})-.*\.eml$/.exec(name);
    return match === null ? [] : [Number(match[1])];
  });
  return Math.max(0, ...numbers) + 1;
}

/** The subject without its prefix, as every file system takes it. */
function slug(subject: string): string {
  const words = subject
    .replace(/^\[[^\]]*\]/, '')
    .toLowerCase()
    .match(/[a-z0-9]+/g) ?? ['mail'];
  return words.join('-').slice(0, 60).replace(/-+$/, '');
}
