import { readFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { onTestFinished } from 'vitest';
import type { SmtpConfig } from '../../src/config/config.ts';
import { secret } from '../../src/config/secret.ts';

const certificate = (name: string): string => join(import.meta.dirname, 'certificate', name);
export const CA_FILE = certificate('test-only-cert.pem');

export interface Received {
  readonly email: Email;
  readonly recipients: readonly string[];
  readonly isEncrypted: boolean;
}

export interface MailServer {
  readonly port: number;
  /** Messages that were taken, oldest first. */
  readonly received: readonly Received[];
}

/** An error that answers with this code; the text comes after it. */
export function answer(responseCode: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode });
}

/** A real SMTP server with STARTTLS and the password `pa55-wörd`, for as long as the test. */
export async function mailServer(options: SMTPServerOptions = {}): Promise<MailServer> {
  const received: Received[] = [];
  const server = new SMTPServer({
    key: readFileSync(certificate('test-only-key.pem')),
    cert: readFileSync(CA_FILE),
    authOptional: true,
    logger: false,
    onAuth(auth, _session, done) {
      if (auth.username === 'agent' && auth.password === PASSWORD) done(null, { user: auth.username });
      else done(answer(535, '5.7.8 wrong password'));
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', async () => {
        received.push({
          email: await PostalMime.parse(Buffer.concat(chunks)),
          recipients: session.envelope.rcptTo.map(({ address }) => address),
          isEncrypted: session.secure,
        });
        done(null, 'queued');
      });
    },
    ...options,
  });
  // A client that does not trust the certificate hangs up: that is what some tests are about.
  server.on('error', () => {});
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', () => listening()));
  onTestFinished(() => new Promise<void>((closed) => server.close(() => closed())));
  return { port: portOf(server.server), received };
}

export const PASSWORD = 'pa55-wörd';

/** A server that says these lines, one for each line it is sent, and nothing more: for what no real server does. */
export async function scriptedServer(lines: readonly string[]): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let next = 1;
    if (lines[0] !== undefined) socket.write(`${lines[0]}\r\n`);
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      for (const said of chunk
        .toString()
        .split('\r\n')
        .filter((line) => line !== '')) {
        const line = lines[next]?.replace('%SAID%', said);
        next += 1;
        if (line !== undefined) socket.write(`${line}\r\n`);
      }
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', () => listening()));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise<void>((closed) => server.close(() => closed()));
  });
  return portOf(server);
}

/** A port that nobody listens at. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', () => listening()));
  const port = portOf(server);
  await new Promise<void>((closed) => server.close(() => closed()));
  return port;
}

export function smtpConfig(port: number, more: Partial<SmtpConfig> = {}): SmtpConfig {
  return {
    host: 'localhost',
    port,
    tls: 'starttls',
    caFile: CA_FILE,
    user: null,
    password: null,
    timeoutMs: 10_000,
    ...more,
  };
}

export const LOGIN = { user: 'agent', password: secret(PASSWORD) } as const;

function portOf(server: Pick<Server, 'address'>): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
