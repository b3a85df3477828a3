import { TLSSocket } from 'node:tls';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { SmtpConfig } from '../config/config.ts';
import type { CertificateFacts, MailFacts } from '../core/doctor/facts.ts';
import { deliveryFailure } from './delivery-error.ts';
import type { Credentials } from './redact.ts';
import { tooLate, transportOptions } from './smtp.ts';

/**
 * Connects to the mail server as a delivery does, logs in when that is configured, and hangs up: no mail is sent. What a
 * certificate says is looked at on a connection of its own, over which nothing secret goes. Never rejects, and ends
 * within the time given.
 */
export async function probeSmtp(
  smtp: SmtpConfig,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<MailFacts> {
  const limitMs = Math.min(timeoutMs, smtp.timeoutMs);
  const credentials: Credentials = { user: smtp.user, password: smtp.password?.reveal() ?? null };
  const facts = { server: smtp.host, port: smtp.port, tls: smtp.tls };
  const deadline = AbortSignal.timeout(limitMs);
  const stop = AbortSignal.any([signal, deadline]);
  let isLoggedIn = false;
  let failure: string | null = null;
  try {
    isLoggedIn = await connected(smtp, stop, true, (connection) => logIn(connection, credentials));
  } catch (error) {
    const reason = deadline.aborted && !signal.aborted ? tooLate(limitMs) : error;
    failure = deliveryFailure(reason, credentials).detail;
  }
  const seen = smtp.tls === 'none' ? null : await look(smtp, stop);
  return {
    ...facts,
    failure,
    login: credentials.password === null ? 'none' : isLoggedIn ? 'done' : 'not asked',
    certificate: seen?.certificate ?? null,
    protocol: seen?.protocol ?? null,
  };
}

interface Seen {
  readonly certificate: CertificateFacts | null;
  readonly protocol: string | null;
}

/** Any certificate is taken here: it is what is asked about. */
async function look(smtp: SmtpConfig, stop: AbortSignal): Promise<Seen | null> {
  try {
    return await connected(smtp, stop, false, async (connection) => {
      // Kept private by the library; without it the certificate is not known, and nothing else.
      const socket: unknown = Reflect.get(connection, '_socket');
      return socket instanceof TLSSocket ? seenOn(socket) : null;
    });
  } catch {
    return null;
  }
}

function seenOn(socket: TLSSocket): Seen {
  const { subject, subjectaltname, valid_to: validTo } = socket.getPeerCertificate();
  const names = (subjectaltname ?? '')
    .split(', ')
    .flatMap((name) => /^(?:DNS|IP Address):(.+)$/.exec(name)?.[1] ?? []);
  const validToAt = Date.parse(validTo);
  const fault: unknown = socket.authorized ? null : socket.authorizationError;
  return {
    protocol: socket.getProtocol(),
    certificate: {
      names: names.length > 0 ? names : [subject?.CN].flat().filter((name) => name !== undefined),
      validToAt: Number.isNaN(validToAt) ? null : validToAt,
      fault: fault == null ? null : faultText(fault),
    },
  };
}

function faultText(fault: unknown): string {
  const code =
    fault instanceof Error ? ('code' in fault ? String(fault.code) : fault.message) : String(fault);
  return FAULTS[code] ?? code;
}

const FAULTS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'it has ended',
  CERT_NOT_YET_VALID: 'it is not valid yet',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is signed by itself',
  ERR_TLS_CERT_ALTNAME_INVALID: 'it is for other names',
  SELF_SIGNED_CERT_IN_CHAIN: 'its authority is not known here',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its authority is not known here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its authority is not known here',
};

/** As the transport of the library verifies: where the server offers no login, mails go without one. */
async function logIn(connection: SMTPConnection, { user, password }: Credentials): Promise<boolean> {
  if (user === null || password === null || !connection.allowsAuth) return false;
  await new Promise<void>((resolve, reject) => {
    connection.once('error', reject);
    connection.login({ user, pass: password }, (error) => (error ? reject(error) : resolve()));
  });
  return true;
}

/** Does something on a connection, which is gone afterwards, however it ended. */
async function connected<T>(
  smtp: SmtpConfig,
  stop: AbortSignal,
  isStrict: boolean,
  action: (connection: SMTPConnection) => Promise<T>,
): Promise<T> {
  const { auth: _, tls, ...options } = transportOptions(smtp);
  const connection = new SMTPConnection({
    ...options,
    tls: isStrict ? tls : { ...tls, rejectUnauthorized: false },
    // Nothing is left to say: the other side need not hang up first.
    socketCloseTimeout: 0,
  });
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  const give = (): void => reject(new Error('stopped'));
  if (stop.aborted) give();
  stop.addEventListener('abort', give);
  connection.on('error', reject);
  try {
    const opened = new Promise<void>((resolve, fail) => {
      connection.connect((error) => (error ? fail(error) : resolve()));
    });
    return await Promise.race([opened.then(() => action(connection)), stopped]);
  } finally {
    stop.removeEventListener('abort', give);
    connection.close();
  }
}
