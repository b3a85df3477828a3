import { describe, expect, it } from 'vitest';
import { secret } from '../../src/config/secret.ts';
import { probeSmtp } from '../../src/notifier/smtp-probe.ts';
import { freePort, LOGIN, mailServer, PASSWORD, scriptedServer, smtpConfig } from './smtp-server.ts';

const NEVER = new AbortController().signal;
const probe = (...args: Parameters<typeof smtpConfig>) => probeSmtp(smtpConfig(...args), 10_000, NEVER);

describe('the look at a mail server', () => {
  it('connects as a delivery does, logs in, and sends nothing', async () => {
    const { port, received } = await mailServer();
    expect(await probe(port, LOGIN)).toEqual({
      server: 'localhost',
      port,
      tls: 'starttls',
      failure: null,
      login: 'done',
      protocol: 'TLSv1.3',
      certificate: { names: ['localhost'], validToAt: expect.any(Number), fault: null },
    });
    expect(received).toEqual([]);
  });

  it('needs no login where none is configured, nor where the server offers none', async () => {
    const { port } = await mailServer();
    expect(await probe(port)).toMatchObject({ failure: null, login: 'none' });
    const { port: open } = await mailServer({ disabledCommands: ['AUTH'] });
    expect(await probe(open, LOGIN)).toMatchObject({ failure: null, login: 'not asked' });
  });

  it('says that a login is refused, without the password', async () => {
    const { port } = await mailServer();
    const facts = await probe(port, { user: 'agent', password: secret('wr0ng-Password') });
    expect(facts).toMatchObject({
      failure: expect.stringMatching(/^the mail server did not accept user and password: /),
      login: 'not asked',
      certificate: { fault: null },
    });
    expect(JSON.stringify(facts)).not.toMatch(/wr0ng|d3IwbmctUGFzc3dvcmQ/);
  });

  it('sends no password to a server whose certificate is not trusted, and says what it is', async () => {
    const asked: string[] = [];
    const { port } = await mailServer({
      onAuth(auth, _session, done) {
        asked.push(auth.password ?? '');
        done(null, { user: 'x' });
      },
    });
    const facts = await probe(port, { ...LOGIN, caFile: null });
    expect(facts).toMatchObject({
      failure: expect.stringMatching(/^no trusted encrypted connection to the mail server: /),
      certificate: { names: ['localhost'], fault: 'it is signed by itself' },
    });
    expect(asked).toEqual([]);
    expect(JSON.stringify(facts)).not.toContain(PASSWORD);
  });

  it('tells that a certificate is for another name', async () => {
    const { port } = await mailServer();
    expect(await probe(port, { host: '127.0.0.1' })).toMatchObject({
      failure: expect.any(String),
      certificate: { names: ['localhost'], fault: 'it is for other names' },
    });
  });

  it('looks at no certificate where nothing is encrypted', async () => {
    const { port } = await mailServer();
    expect(await probe(port, { tls: 'none' })).toMatchObject({
      failure: null,
      certificate: null,
      protocol: null,
    });
  });

  it('says that nobody is there', async () => {
    expect(await probe(await freePort())).toMatchObject({
      failure: expect.stringMatching(/^no connection to the mail server: /),
      certificate: null,
    });
  });

  it('waits no longer than it may, nor when nobody wants to know any more', async () => {
    const silent = smtpConfig(await scriptedServer([]));
    expect(await probeSmtp(silent, 300, NEVER)).toMatchObject({
      failure: 'the mail server did not answer in time: nothing within 0.3 s',
    });
    expect(await probeSmtp(silent, 60_000, AbortSignal.timeout(100))).toMatchObject({
      failure: expect.any(String),
    });
  });

  it('says that the file of authorities cannot be read', async () => {
    const { port } = await mailServer();
    expect(await probe(port, { caFile: '/no/such.pem' })).toMatchObject({
      failure: expect.stringContaining('mail.smtp.ca_file /no/such.pem cannot be read'),
    });
  });
});
