import { readFileSync } from 'node:fs';
import { getCACertificates } from 'node:tls';
import { domainToASCII } from 'node:url';
import { createTransport } from 'nodemailer';
import type { SmtpConfig } from '../config/config.ts';
import type { Delivery, Notifier } from '../ports.ts';
import { deliveryFailure, isRefusedForGood, refusalText } from './delivery-error.ts';
import { message } from './message.ts';
import type { Credentials } from './redact.ts';

/** No single step may take longer; the whole delivery is bounded by `smtp.timeoutMs`. */
const STEP_TIMEOUT_MS = 15_000;

/**
 * Sends by SMTP, one connection a message. STARTTLS is required unless the configuration says otherwise, with TLS 1.2
 * at least and a certificate that is trusted.
 */
export function createSmtpNotifier({ smtp }: { readonly smtp: SmtpConfig }): Notifier {
  const credentials: Credentials = { user: smtp.user, password: smtp.password?.reveal() ?? null };
  return {
    async send(mail, recipients, signal) {
      const deadline = AbortSignal.timeout(smtp.timeoutMs);
      try {
        const transport = createTransport(transportOptions(smtp));
        try {
          const info = await transport.sendMail({
            ...message(mail, recipients),
            signal: AbortSignal.any([signal, deadline]),
          });
          return outcome(
            { recipients, accepted: info.accepted, errors: info.rejectedErrors ?? [] },
            credentials,
          );
        } finally {
          transport.close();
        }
      } catch (error) {
        const reason = deadline.aborted && !signal.aborted ? tooLate(smtp.timeoutMs) : error;
        return failed(recipients, reason, credentials);
      }
    },
    close() {},
  };
}

/** How to connect to the server. Throws when the file of authorities cannot be read. */
export function transportOptions(smtp: SmtpConfig) {
  const stepMs = Math.min(STEP_TIMEOUT_MS, smtp.timeoutMs);
  const { user, password } = smtp;
  return {
    host: smtp.host,
    port: smtp.port,
    secure: smtp.tls === 'implicit',
    requireTLS: smtp.tls === 'starttls',
    ignoreTLS: smtp.tls === 'none',
    tls: {
      minVersion: 'TLSv1.2' as const,
      // Whoever takes plain text when no TLS is offered gains nothing from refusing a certificate.
      rejectUnauthorized: smtp.tls !== 'opportunistic',
      ca: trusted(smtp.caFile),
    },
    ...(user === null || password === null ? {} : { auth: { user, pass: password.reveal() } }),
    connectionTimeout: stepMs,
    greetingTimeout: stepMs,
    dnsTimeout: stepMs,
    socketTimeout: smtp.timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
    logger: false,
  };
}

/**
 * The certificate authorities of Node, of the operating system (where Windows domains keep their own) and of the file.
 * Read for every message: files are replaced.
 */
function trusted(caFile: string | null): string[] {
  const known = [...getCACertificates('default'), ...getCACertificates('system')];
  if (caFile === null) return known;
  try {
    return [...known, readFileSync(caFile, 'utf8')];
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    throw Object.assign(new Error(`mail.smtp.ca_file ${caFile} cannot be read${why}`), { code: 'ETLS' });
  }
}

export function tooLate(timeoutMs: number): Error {
  return Object.assign(new Error(`nothing within ${timeoutMs / 1000} s`), { code: 'ETIMEDOUT' });
}

interface Answers {
  readonly recipients: readonly string[];
  readonly accepted: readonly unknown[];
  /** Each about one recipient. */
  readonly errors: readonly Error[];
}

/** Parts the recipients. One whom no answer names for certain counts as not having got it. */
function outcome({ recipients, accepted: taken, errors }: Answers, credentials: Credentials): Delivery {
  const takenBy = new Set(taken.map((address) => addressKey(String(address))));
  const byAddress = new Map(errors.map((error) => [recipientOf(error), error]));
  const refused: { address: string; detail: string }[] = [];
  const accepted: string[] = [];
  let later: unknown = null;
  for (const address of recipients) {
    const error = byAddress.get(addressKey(address));
    if (error === undefined) {
      if (errors.length === 0 || takenBy.has(addressKey(address))) accepted.push(address);
      else later ??= new Error(`no answer about ${address}`);
    } else if (isRefusedForGood(error)) {
      refused.push({ address, detail: refusalText(error, credentials) });
    } else later ??= error;
  }
  return { accepted, refused, failure: later === null ? null : deliveryFailure(later, credentials) };
}

/** A message that nobody got: refused by every recipient, or not delivered at all. */
function failed(recipients: readonly string[], error: unknown, credentials: Credentials): Delivery {
  const errors =
    error instanceof Error && 'rejectedErrors' in error && Array.isArray(error.rejectedErrors)
      ? error.rejectedErrors.filter((each) => each instanceof Error)
      : [];
  const parted =
    errors.length < recipients.length ? null : outcome({ recipients, accepted: [], errors }, credentials);
  // Somebody who is not named by any answer did not get it either.
  if (parted !== null && parted.accepted.length === 0) return parted;
  return { accepted: [], refused: [], failure: deliveryFailure(error, credentials) };
}

function recipientOf(error: Error): string {
  return 'recipient' in error ? addressKey(String(error.recipient)) : '';
}

/** Two spellings of an address are one: nodemailer hands on domains in ASCII. */
function addressKey(address: string): string {
  const at = address.lastIndexOf('@');
  const domain = address.slice(at + 1);
  return `${address.slice(0, at + 1)}${domainToASCII(domain) || domain}`.toLowerCase();
}
