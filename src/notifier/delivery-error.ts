import type { Delivery, DeliveryFailure } from '../ports.ts';
import { type Credentials, redact } from './redact.ts';

type Failure = NonNullable<Delivery['failure']>;

/** What of an error of nodemailer tells why a delivery failed. */
interface SmtpFacts {
  readonly code: string;
  readonly originalCode: string;
  readonly command: string;
  readonly responseCode: number | null;
  readonly message: string;
}

/** Why a message was not delivered as a whole, with advice where the cause is known. */
export function deliveryFailure(error: unknown, credentials: Credentials): Failure {
  const facts = factsOf(error);
  const reason = reasonOf(facts);
  const said = redact(facts.message, credentials);
  const help = HINTS.find(({ pattern }) => pattern.test(facts.message))?.help;
  return {
    reason,
    detail: [OPENINGS[reason], said].join(': ') + (help === undefined ? '' : ` (${help})`),
    retry: !needsHands(reason, facts),
  };
}

/** Whether a server's answer to one recipient is about that address, and for good. */
export function isRefusedForGood(error: unknown): boolean {
  const { responseCode, message } = factsOf(error);
  if (responseCode === null || responseCode < 500 || responseCode === 503) return false;
  // Policy and missing authentication (RFC 3463, 5.7.x) are the fault of the setup, not of the address.
  return responseCode !== 530 && !/\b5\.7\.\d+/.test(message);
}

/** What the server said about one recipient. */
export function refusalText(error: unknown, credentials: Credentials): string {
  return redact(factsOf(error).message, credentials);
}

const OPENINGS: Readonly<Record<DeliveryFailure, string>> = {
  auth: 'the mail server did not accept user and password',
  tls: 'no trusted encrypted connection to the mail server',
  connect: 'no connection to the mail server',
  timeout: 'the mail server did not answer in time',
  rejected: 'the mail server rejected the message',
  other: 'the message could not be sent',
};

const HINTS: readonly { readonly pattern: RegExp; readonly help: string }[] = [
  {
    pattern: /5\.7\.30\b|Basic authentication is not supported/i,
    help: 'Exchange Online no longer takes passwords for SMTP here: have an administrator allow basic authentication for SMTP AUTH on the tenant and the mailbox, or send through a relay or connector that needs no password',
  },
  {
    pattern: /5\.7\.(?:57|139)\b|SmtpClientAuthentication is disabled/i,
    help: 'SMTP AUTH is turned off for this mailbox or tenant: Set-CASMailbox -SmtpClientAuthenticationDisabled $false',
  },
  {
    pattern: /self.signed|unable to (?:get|verify)|certificate/i,
    help: "have the server's certificate authority trusted with mail.smtp.ca_file, and use the name that is in its certificate",
  },
  {
    pattern: /STARTTLS/i,
    help: 'the server offers no STARTTLS: use port 587, or say mail.smtp.tls: opportunistic if plain text is acceptable here',
  },
];

function factsOf(error: unknown): SmtpFacts {
  const text = (name: string): string =>
    error instanceof Error && name in error ? String(Reflect.get(error, name) ?? '') : '';
  const responseCode = Number(text('responseCode'));
  return {
    code: text('code'),
    originalCode: text('originalCode'),
    command: text('command'),
    responseCode: Number.isInteger(responseCode) && responseCode > 0 ? responseCode : null,
    message: error instanceof Error ? error.message : String(error),
  };
}

const AUTH_CODES = ['EAUTH', 'ENOAUTH', 'EOAUTH2'];
const CONNECT_CODES = ['ECONNECTION', 'ESOCKET', 'EDNS', 'EPROXY', 'EPROTOCOL'];

function reasonOf({ code, originalCode, message, responseCode }: SmtpFacts): DeliveryFailure {
  if (AUTH_CODES.includes(code) || responseCode === 530 || responseCode === 535) return 'auth';
  if (code === 'ETLS' || isTls(originalCode) || isTls(code) || /certificate|SSL routines/i.test(message)) {
    return 'tls';
  }
  if (code === 'ETIMEDOUT' || code === 'EABORT' || originalCode === 'ETIMEDOUT') return 'timeout';
  if (code === 'EENVELOPE' || code === 'EMESSAGE') return 'rejected';
  return CONNECT_CODES.includes(code) ? 'connect' : 'other';
}

/** Codes of node:tls and OpenSSL. */
function isTls(code: string): boolean {
  return /^ERR_(?:TLS|SSL)|CERT|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY)|HOSTNAME_MISMATCH/.test(code);
}

/** Whether waiting alone will not mend it. */
function needsHands(reason: DeliveryFailure, { responseCode }: SmtpFacts): boolean {
  if (reason === 'auth') return responseCode === null || responseCode >= 500;
  if (reason === 'tls') return true;
  return reason === 'rejected' && responseCode !== null && responseCode >= 500 && responseCode !== 503;
}
