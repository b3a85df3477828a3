import { describe, expect, it } from 'vitest';
import type { SmtpConfig } from '../../src/config/config.ts';
import { secret } from '../../src/config/secret.ts';
import { composeMails } from '../../src/core/render/mail/compose-mails.ts';
import { DAY_MS } from '../../src/core/units.ts';
import { createSmtpNotifier } from '../../src/notifier/smtp.ts';
import type { Delivery, OutgoingMail } from '../../src/ports.ts';
import { NOW } from '../builders.ts';
import { changes, judged, SETTINGS } from '../core/render/mail-samples.ts';
import { sampleMail } from '../store/samples.ts';
import { answer, freePort, LOGIN, mailServer, PASSWORD, scriptedServer, smtpConfig } from './smtp-server.ts';

function send(
  smtp: SmtpConfig,
  mail = sampleMail('1'),
  signal = new AbortController().signal,
): Promise<Delivery> {
  return createSmtpNotifier({ smtp }).send(mail, mail.to, signal);
}

const ALL = { accepted: sampleMail('1').to, refused: [], failure: null };

describe('a message that arrives', () => {
  const view = judged({
    host: 'hv01',
    vms: [{ name: 'Größe-SQL', checkpoints: [{ name: 'vor Übung 東京', ageMs: 9 * DAY_MS }] }],
  });

  function mailOf(reason: 'new' | 'resolved'): OutgoingMail {
    const [mail] = composeMails(changes(view, reason), view, SETTINGS);
    if (mail === undefined) throw new Error('no mail');
    return mail;
  }

  it('says in both bodies, subject and head what was composed', async () => {
    const server = await mailServer();
    const mail = mailOf('new');
    const delivery = await send(smtpConfig(server.port, LOGIN), mail);
    expect(delivery).toEqual({ accepted: mail.to, refused: [], failure: null });
    const [received] = server.received;
    expect(received?.isEncrypted).toBe(true);
    expect(received?.recipients).toEqual(mail.to);
    const { email } = received ?? {};
    expect(email?.subject).toBe('[Hyper-V checkpoints] Größe-SQL: stale checkpoint');
    expect(email?.text?.replaceAll('\r\n', '\n').trim()).toBe(mail.text.trim());
    expect(email?.html?.replaceAll('\r\n', '\n').trim()).toBe(mail.html.trim());
    expect(email?.from).toEqual({ name: 'Hyper-V', address: 'hyperv@example.com' });
    expect(email?.to?.map(({ address }) => address)).toEqual(mail.to);
    expect(new Date(email?.date ?? '').getTime()).toBe(NOW);
    expect(email?.messageId).toBe(mail.messageId);
    const headers = new Map(email?.headers.map(({ key, value }) => [key, value]));
    expect(headers.get('auto-submitted')).toBe('auto-generated');
    expect(headers.get('x-auto-response-suppress')).toBe('All');
    expect(headers.get('precedence')).toBe('bulk');
    expect(headers.get('list-id')).toContain('<hyperv-checkpoints.hvmon>');
    expect(headers.get('x-checkpoint-agent-severity')).toBe('critical');
  });

  it('stands in the thread of its VM from the first to the last', async () => {
    const server = await mailServer();
    await send(smtpConfig(server.port), mailOf('new'));
    await send(smtpConfig(server.port), mailOf('resolved'));
    const [began, ended] = server.received.map(({ email }) => email);
    expect(began?.inReplyTo).toBe(mailOf('new').threadId);
    expect(ended?.inReplyTo).toBe(began?.inReplyTo);
    expect([began?.references, ended?.references]).toEqual([mailOf('new').threadId, mailOf('new').threadId]);
    expect(ended?.messageId).not.toBe(began?.messageId);
  });

  it('goes to those who are still owed it, and shows everybody it was meant for', async () => {
    const server = await mailServer();
    const mail = sampleMail('1');
    const notifier = createSmtpNotifier({ smtp: smtpConfig(server.port) });
    await notifier.send(mail, ['b@example.com'], new AbortController().signal);
    expect(server.received[0]?.recipients).toEqual(['b@example.com']);
    expect(server.received[0]?.email.to?.map(({ address }) => address)).toEqual(mail.to);
  });

  it('has no more lines of head and no more recipients than it was given, whatever the names', async () => {
    const server = await mailServer();
    const evil = sampleMail('1', { subject: 'a\r\nBcc: all@example.com\r\n\r\nbody', to: ['a@example.com'] });
    await send(smtpConfig(server.port), evil);
    const [received] = server.received;
    expect(received?.recipients).toEqual(['a@example.com']);
    expect(received?.email.headers.map(({ key }) => key)).not.toContain('bcc');
    expect(received?.email.text?.trim()).toBe('text');
  });
});

describe('encryption', () => {
  it('is required: without STARTTLS nothing is sent', async () => {
    const server = await mailServer({ hideSTARTTLS: true, disabledCommands: ['STARTTLS'] });
    const { accepted, failure } = await send(smtpConfig(server.port, LOGIN));
    expect(accepted).toEqual([]);
    expect(failure).toMatchObject({ reason: 'tls', retry: false });
    expect(failure?.detail).toContain('STARTTLS');
    expect(server.received).toEqual([]);
  });

  it('needs a certificate that is trusted', async () => {
    const server = await mailServer();
    const { failure } = await send(smtpConfig(server.port, { caFile: null }));
    expect(failure).toMatchObject({ reason: 'tls', retry: false });
    expect(failure?.detail).toContain('ca_file');
  });

  it('needs the name of the server in it', async () => {
    const server = await mailServer();
    const { failure } = await send(smtpConfig(server.port, { host: '127.0.0.1' }));
    expect(failure).toMatchObject({ reason: 'tls', retry: false });
  });

  it('says which certificate file cannot be read', async () => {
    const { failure } = await send(smtpConfig(1, { caFile: '/nowhere/ca.pem' }));
    expect(failure).toMatchObject({ reason: 'tls', retry: false });
    expect(failure?.detail).toContain('/nowhere/ca.pem');
  });

  it.each([
    ['opportunistic', {}, true],
    ['opportunistic', { hideSTARTTLS: true, disabledCommands: ['STARTTLS'] as const }, false],
    ['none', {}, false],
    ['implicit', { secure: true }, true],
  ] as const)('%s does what it says (%#)', async (tls, options, isEncrypted) => {
    const server = await mailServer(options as object);
    const caFile = tls === 'implicit' ? smtpConfig(0).caFile : null;
    expect(await send(smtpConfig(server.port, { tls, caFile }))).toEqual(ALL);
    expect(server.received[0]?.isEncrypted).toBe(isEncrypted);
  });
});

describe('a server that says no', () => {
  it('to the password: kept for hands, and without the password in the text', async () => {
    const server = await mailServer();
    const { failure } = await send(smtpConfig(server.port, { user: 'agent', password: secret('guess-7') }));
    expect(failure).toMatchObject({ reason: 'auth', retry: false });
    expect(failure?.detail).toContain('535');
    expect(failure?.detail).not.toContain('guess-7');
  });

  it('to the password while it echoes it: the echo is cut out', async () => {
    const port = await scriptedServer([
      '220 hi',
      '250-hi\r\n250 AUTH PLAIN',
      '535 5.7.8 not good: %SAID%',
      '221 bye',
    ]);
    const { failure } = await send(smtpConfig(port, { tls: 'none', ...LOGIN }));
    expect(failure?.reason).toBe('auth');
    expect(failure?.detail).toContain('<secret>');
    for (const form of [PASSWORD, `\0agent\0${PASSWORD}`, 'agent\0'].map((text) =>
      Buffer.from(text).toString('base64'),
    )) {
      expect(failure?.detail).not.toContain(form.slice(0, 8));
    }
  });

  it('to passwords as such: says what to do with Exchange Online', async () => {
    const said = '550 5.7.30 Basic authentication is not supported for Client Submission.';
    const port = await scriptedServer(['220 hi', '250-hi\r\n250 AUTH PLAIN', said, '221 bye']);
    const { failure } = await send(smtpConfig(port, { tls: 'none', ...LOGIN }));
    expect(failure).toMatchObject({ reason: 'auth', retry: false });
    expect(failure?.detail).toContain('relay or connector');
  });

  it('to one recipient for good and to another for now: only the other is still owed it', async () => {
    const server = await mailServer({
      onRcptTo({ address }, _session, done) {
        if (address === 'gone@example.com') done(answer(550, '5.1.1 no such user'));
        else if (address === 'grey@example.com') done(answer(450, '4.7.1 come back later'));
        else done();
      },
    });
    const to = ['a@example.com', 'gone@example.com', 'grey@example.com'];
    const delivery = await send(smtpConfig(server.port), sampleMail('1', { to }));
    expect(delivery.accepted).toEqual(['a@example.com']);
    expect(delivery.refused).toEqual([
      { address: 'gone@example.com', detail: expect.stringContaining('5.1.1 no such user') },
    ]);
    expect(delivery.failure).toMatchObject({ reason: 'rejected', retry: true });
    expect(server.received[0]?.recipients).toEqual(['a@example.com']);
  });

  it('to one recipient of a domain that is not ASCII: the other one has it', async () => {
    const server = await mailServer({
      onRcptTo: ({ address }, _session, done) =>
        address.startsWith('gone') ? done(answer(550, '5.1.1 no such user')) : done(),
    });
    const to = ['a@größe.example', 'gone@größe.example'];
    const delivery = await send(smtpConfig(server.port), sampleMail('1', { to }));
    expect(delivery).toMatchObject({ accepted: [to[0]], refused: [{ address: to[1] }], failure: null });
  });

  it('to every recipient for good: nobody is owed it any more', async () => {
    const server = await mailServer({ onRcptTo: (_a, _s, done) => done(answer(550, '5.1.1 no such user')) });
    const delivery = await send(smtpConfig(server.port));
    expect(delivery.accepted).toEqual([]);
    expect(delivery.refused.map(({ address }) => address)).toEqual(sampleMail('1').to);
    expect(delivery.failure).toBeNull();
  });

  it('to relaying: that is the setup, so the recipients stay', async () => {
    const server = await mailServer({
      onRcptTo: (_a, _s, done) => done(answer(554, '5.7.1 relay access denied')),
    });
    const delivery = await send(smtpConfig(server.port));
    expect(delivery).toMatchObject({
      accepted: [],
      refused: [],
      failure: { reason: 'rejected', retry: false },
    });
  });

  it.each([
    [451, true],
    [552, false],
  ])('to the message with %i: kept', async (code, retry) => {
    const server = await mailServer({
      onData(stream, _session, done) {
        stream.resume();
        stream.on('end', () => done(answer(code, 'not this one')));
      },
    });
    const delivery = await send(smtpConfig(server.port));
    expect(delivery).toMatchObject({ accepted: [], refused: [], failure: { reason: 'rejected', retry } });
  });

  it.each([
    [451, true],
    [550, false],
  ])('to the sender with %i: kept', async (code, retry) => {
    const server = await mailServer({ onMailFrom: (_a, _s, done) => done(answer(code, 'not from you')) });
    const delivery = await send(smtpConfig(server.port));
    expect(delivery).toMatchObject({ accepted: [], refused: [], failure: { reason: 'rejected', retry } });
  });
});

describe('a server that says nothing', () => {
  it('because nobody is there', async () => {
    const { failure } = await send(smtpConfig(await freePort()));
    expect(failure).toMatchObject({ reason: 'connect', retry: true });
  });

  it('because its name is unknown', async () => {
    const { failure } = await send(smtpConfig(25, { host: 'no-such-host.invalid' }));
    expect(failure).toMatchObject({ reason: 'connect', retry: true });
  });

  it.each([
    ['at all', []],
    ['after the message', ['220 hi', '250 hi', '250 ok', '250 ok', '250 ok', '354 go on']],
  ])('%s: the delivery ends in time', async (_, lines) => {
    const port = await scriptedServer(lines);
    const { failure } = await send(smtpConfig(port, { tls: 'none', timeoutMs: 400 }));
    expect(failure).toMatchObject({ reason: 'timeout', retry: true });
  });

  it('while the agent is stopped: the delivery ends at once', async () => {
    const stopping = new AbortController();
    const port = await scriptedServer(['220 hi', '250 hi', '250 ok', '250 ok', '250 ok', '354 go on']);
    const smtp = smtpConfig(port, { tls: 'none', timeoutMs: 600_000 });
    const delivery = send(smtp, sampleMail('1'), stopping.signal);
    stopping.abort();
    expect((await delivery).failure).toMatchObject({ reason: 'timeout' });
  });
});
