import { plainText } from '../../render/plain-text.ts';
import { DAY_MS } from '../../units.ts';
import { type DoctorCheck, type Judged, ok, problem, warning, whenKnown } from '../check.ts';
import type { DoctorFacts, MailFacts } from '../facts.ts';

const SOON_MS = 21 * DAY_MS;

export const MAIL: DoctorCheck = {
  name: 'mail',
  looksAt:
    'the mail server: connection, TLS version, certificate (trusted, for this name, until when), and the login. No mail is sent',
  minds:
    'What keeps mails from being sent is a problem. A certificate that ends within three weeks is a warning.',
  isForWindows: false,
  judge: ({ mail, now }) =>
    whenKnown(mail, (facts) => (facts === null ? ok('no mail is configured') : judgeMail(facts, now))),
};

function judgeMail(facts: MailFacts, now: DoctorFacts['now']): Judged {
  const { server, port, tls, failure, login, protocol, certificate } = facts;
  const where = `${plainText(server, 200)}:${port}`;
  const details = certificateLines(facts, now);
  if (failure !== null) {
    return problem(
      `${where}: ${plainText(failure, 500)}`,
      'Check mail.smtp of the configuration: host, port, tls, user and password; and whether a firewall lets this machine through.',
      details,
    );
  }
  const secured = protocol === null ? 'not encrypted' : protocol.replace('TLSv', 'TLS ');
  const text = `${where} answers, ${secured}, ${LOGIN[login]}`;
  const endsAt = certificate?.validToAt ?? null;
  if (endsAt !== null && endsAt - now < SOON_MS && tls !== 'none') {
    return warning(text, 'Have the certificate of the mail server renewed.', details);
  }
  if (tls === 'opportunistic' && certificate?.fault != null) {
    return warning(
      text,
      'By tls: opportunistic any certificate is taken; with starttls it would be refused.',
      details,
    );
  }
  return ok(text, details);
}

const LOGIN: Readonly<Record<MailFacts['login'], string>> = {
  done: 'the login works',
  none: 'no login is configured',
  'not asked': 'it asks for no login, so none was tried',
};

function certificateLines({ certificate, server }: MailFacts, now: number): readonly string[] {
  if (certificate === null) return [];
  const { names, validToAt, fault } = certificate;
  const shown = names.slice(0, 5).map((name) => plainText(name, 100));
  return [
    `certificate for ${shown.join(', ') || 'no name'}${validToAt === null ? '' : `, ${endText(validToAt - now)}`}`,
    ...(fault === null ? [] : [`not trusted for ${plainText(server, 200)}: ${plainText(fault, 200)}`]),
  ];
}

function endText(leftMs: number): string {
  const days = Math.floor(Math.abs(leftMs) / DAY_MS);
  return leftMs < 0 ? `it ended ${days} d ago` : `it ends in ${days} d`;
}
