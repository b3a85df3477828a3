import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import PostalMime from 'postal-mime';
import { expect, it } from 'vitest';
import { createFolderNotifier, type WrittenMail } from '../../src/notifier/folder.ts';
import { sampleMail, tempDir } from '../store/samples.ts';

const { signal } = new AbortController();

it('writes each message into a file of its own, numbered on from what is there', async () => {
  const folder = join(tempDir(), 'mails');
  const written: WrittenMail[] = [];
  const notifier = createFolderNotifier({ folder, onWritten: (mail) => written.push(mail) });
  const mail = sampleMail('1', {
    subject: '[Hyper-V checkpoints] SQL01: stale checkpoint',
    headers: { 'X-Checkpoint-Agent-State': 'worse' },
  });
  expect(await notifier.send(mail, mail.to, signal)).toEqual({
    accepted: mail.to,
    refused: [],
    failure: null,
  });
  const again = createFolderNotifier({ folder, onWritten: (each) => written.push(each) });
  await again.send(sampleMail('2', { subject: '../../etc/\u202epasswd', headers: {} }), mail.to, signal);
  expect(written.map(({ file }) => file)).toEqual(['0001-sql01-stale-checkpoint.eml', '0002-etc-passwd.eml']);
  expect(written.map(({ state }) => state)).toEqual(['worse', '']);
  expect(readdirSync(folder).sort()).toEqual(written.map(({ file }) => file));
  const email = await PostalMime.parse(readFileSync(join(folder, '0001-sql01-stale-checkpoint.eml')));
  expect(email).toMatchObject({ subject: mail.subject, messageId: mail.messageId, inReplyTo: mail.threadId });
  expect(email.to?.map(({ address }) => address)).toEqual(mail.to);
});

it('says why a message could not be written, and keeps it for later', async () => {
  const file = join(tempDir(), 'file');
  writeFileSync(file, '');
  const notifier = createFolderNotifier({ folder: file, onWritten: () => {} });
  const delivery = await notifier.send(sampleMail('1'), ['a@example.com'], signal);
  expect(delivery).toMatchObject({ accepted: [], failure: { reason: 'other', retry: true } });
  expect(delivery.failure?.detail).toContain(file);
});
