const MAX_LENGTH = 300;

/** What must not be shown, in any of the forms in which a server may send it back. */
export interface Credentials {
  readonly user: string | null;
  readonly password: string | null;
}

/**
 * What a server said, fit for logs and pages: one line, bounded, and without credentials. Servers have been seen to
 * echo the whole AUTH command, in which they stand in base64.
 */
export function redact(text: string, { user, password }: Credentials): string {
  let safe = text;
  for (const secret of forms(user ?? '', password)) safe = safe.replaceAll(secret, '<secret>');
  return safe
    .replace(/\b(AUTH\s+[A-Z0-9-]+\s+)\S+/gi, '$1<secret>')
    .replace(/[A-Za-z0-9+/_-]{20,}={0,2}/g, (run) => (looksEncoded(run) ? '<secret>' : run))
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, ' ')
    .trim()
    .slice(0, MAX_LENGTH)
    .toWellFormed();
}

/** Longest first, so that no part of one is left over from another. */
function forms(user: string, password: string | null): readonly string[] {
  if (password === null || password === '') return [];
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const all = [
    base64(`\0${user}\0${password}`),
    base64(`${user}\0${user}\0${password}`),
    base64(password),
    base64(password).replace(/=+$/, ''),
    ...(user === '' ? [] : [base64(user)]),
    encodeURIComponent(password),
    password,
  ];
  return all.filter((form) => form.length >= 3).sort((a, b) => b.length - a.length);
}

/** Base64 mixes capitals, small letters and digits; host names and words do not, nor do hexadecimal ids. */
function looksEncoded(run: string): boolean {
  return /[a-z]/.test(run) && /[A-Z]/.test(run) && (/[0-9+/]/.test(run) || run.endsWith('='));
}
