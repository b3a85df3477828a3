import type { CheckContext } from '../check.ts';
import { type Complaint, caution, fault, quoteValue } from '../problem.ts';
import type { WrittenMail } from '../schema.ts';
import type { Secret } from '../secret.ts';
import { secret } from '../secret.ts';
import { readEnv, resolveBeside } from '../world.ts';
import { isHostName } from './hosts.ts';

type Smtp = WrittenMail['smtp'];

/** An RFC 5322 dot-atom, an at sign, and a domain: nothing that could end a header or name a second recipient. */
const ADDRESS =
  /^[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*@[\p{L}\p{N}]([\p{L}\p{N}.-]*[\p{L}\p{N}])?$/u;

function isMailAddress(address: string): boolean {
  const at = address.indexOf('@');
  return address.length <= 254 && at <= 64 && ADDRESS.test(address) && !address.slice(at).includes('..');
}

/** Sender and recipients go into headers and SMTP commands. */
export function addressesArePlausible({ written }: CheckContext): readonly Complaint[] {
  if (written.mail === undefined) return [];
  const { smtp, to } = written.mail;
  const listed = [
    { path: ['mail', 'smtp', 'from'], address: smtp.from },
    ...to.map((address, index) => ({ path: ['mail', 'to', index], address })),
  ];
  return listed.flatMap(({ path, address }) => {
    if (isMailAddress(address)) return [];
    const hint = /[<>,;]/.test(address) ? '; one plain address, without a name' : '';
    return [fault(path, `${quoteValue(address)} is not a mail address such as hyperv@example.com${hint}`)];
  });
}

/** One mail each is enough. */
export function recipientsAreListedOnce({ written }: CheckContext): readonly Complaint[] {
  const to = (written.mail?.to ?? []).map((address) => address.toLowerCase());
  return to.flatMap((address, index) =>
    to.indexOf(address) === index
      ? []
      : [caution(['mail', 'to', index], `${quoteValue(address)} is listed twice`)],
  );
}

/** A URL, or a name with a port, is a common slip. */
export function mailServerIsHostName({ written }: CheckContext): readonly Complaint[] {
  const host = written.mail?.smtp.host;
  if (
    host === undefined ||
    isHostName(host) ||
    (/^[0-9a-f:.]*:[0-9a-f:.]+$/i.test(host) && host.split(':').length > 2)
  )
    return [];
  const hint = /^[\w.-]+:\d+$/.test(host) ? '; the port has an option of its own' : '';
  return [
    fault(
      ['mail', 'smtp', 'host'],
      `${quoteValue(host)} is not the name of a host such as mail.example.com${hint}`,
    ),
  ];
}

/** Encryption and ports that do not fit, and passwords that others could read on their way. */
export function mailIsEncrypted({ written }: CheckContext): readonly Complaint[] {
  const smtp = written.mail?.smtp;
  if (smtp === undefined) return [];
  const { tls, port } = effectiveTls(smtp);
  const hasPassword = smtp.password_file !== null || smtp.password_env !== null;
  const complaints: Complaint[] = [];
  if (hasPassword && tls === 'none') {
    complaints.push(caution(['mail', 'smtp', 'tls'], '"none" sends the password in clear text'));
  } else if (hasPassword && tls === 'opportunistic') {
    complaints.push(
      caution(
        ['mail', 'smtp', 'tls'],
        '"opportunistic" sends the password in clear text when somebody suppresses TLS',
      ),
    );
  }
  if ((port === 465) !== (tls === 'implicit')) {
    const usual = tls === 'implicit' ? 'port 465' : 'tls: implicit';
    const message = `${port} does not go with tls: ${tls}; ${port === 465 ? 'it' : 'TLS from the first byte'} usually needs ${usual}`;
    complaints.push(caution(['mail', 'smtp', 'port'], message));
  }
  return complaints;
}

/** TLS and port in force; either decides the default of the other. */
export function effectiveTls(smtp: Pick<Smtp, 'tls' | 'port'>): {
  readonly tls: NonNullable<Smtp['tls']>;
  readonly port: number;
} {
  const tls = smtp.tls ?? (smtp.port === 465 ? 'implicit' : 'starttls');
  return { tls, port: smtp.port ?? DEFAULT_PORTS[tls] };
}

const DEFAULT_PORTS = { starttls: 587, implicit: 465, opportunistic: 25, none: 25 } as const;

/** User and password come together, and the password from one place. */
export function loginIsComplete({ written }: CheckContext): readonly Complaint[] {
  const smtp = written.mail?.smtp;
  if (smtp === undefined) return [];
  const { user, password_file: file, password_env: env } = smtp;
  if (file !== null && env !== null) {
    return [
      fault(
        ['mail', 'smtp', 'password_env'],
        'both password_file and password_env are given; expected one of them',
      ),
    ];
  }
  const key = file === null ? 'password_env' : 'password_file';
  if (user === null && (file !== null || env !== null)) {
    return [fault(['mail', 'smtp', key], 'is given without user; expected mail.smtp.user as well')];
  }
  if (user !== null && file === null && env === null) {
    return [
      fault(
        ['mail', 'smtp', 'user'],
        'is given without a password; expected password_file or password_env as well',
      ),
    ];
  }
  return [];
}

/** Says why a password cannot be had, and who else can have it. */
export function passwordIsReadable(context: CheckContext): readonly Complaint[] {
  return readPassword(context).complaints;
}

/** The password, from its file or variable. */
export function readPassword(context: Pick<CheckContext, 'written' | 'world' | 'configPath'>): {
  readonly password: Secret | null;
  readonly complaints: readonly Complaint[];
} {
  const smtp = context.written.mail?.smtp;
  if (smtp?.password_file != null) return passwordFromFile(context, smtp.password_file);
  if (smtp?.password_env != null) return passwordFromEnv(context, smtp.password_env);
  return { password: null, complaints: [] };
}

function passwordFromFile(
  { world, configPath }: Pick<CheckContext, 'world' | 'configPath'>,
  written: string,
): ReturnType<typeof readPassword> {
  const option = ['mail', 'smtp', 'password_file'];
  const path = resolveBeside(configPath, world.platform, written);
  const refuse = (message: string) => ({
    password: null,
    complaints: [fault(option, `${quoteValue(path)} ${message}`)],
  });
  const reading = world.readFile(path);
  if (reading.status === 'failed') return refuse(`cannot be read: ${reading.reason}`);
  const value = reading.text.replace(/^\ufeff/, '').replace(/\r?\n$/, '');
  if (value.trim() === '') return refuse('is empty; expected the password and nothing else');
  if (/[\r\n\0]/.test(value)) return refuse('has more than one line; expected the password and nothing else');
  const open = reading.othersMayRead === true;
  const message = `${quoteValue(path)} may be read by every account of this machine; take the right from all but the agent's (chmod 600)`;
  return {
    password: secret(value, { type: 'file', path }),
    complaints: open ? [caution(option, message)] : [],
  };
}

function passwordFromEnv(
  { world }: Pick<CheckContext, 'world'>,
  name: string,
): ReturnType<typeof readPassword> {
  const option = ['mail', 'smtp', 'password_env'];
  // Not repeated: it may be the password itself, put in the wrong place.
  if (!/^[A-Za-z_][A-Za-z0-9_()]{0,99}$/.test(name)) {
    return {
      password: null,
      complaints: [fault(option, 'this is not the name of an environment variable such as SMTP_PASSWORD')],
    };
  }
  const value = readEnv(world, name);
  if (value === undefined || value === '') {
    const state = value === undefined ? 'not set' : 'empty';
    const message = `the environment variable ${name} is ${state}; a service sees the variables of the system, not of a user`;
    return { password: null, complaints: [fault(option, message)] };
  }
  return { password: secret(value, { type: 'env', name }), complaints: [] };
}

/** A missing or wrong file would only show at the first mail. */
export function caFileIsReadable({ written, world, configPath }: CheckContext): readonly Complaint[] {
  const file = written.mail?.smtp.ca_file;
  if (file == null) return [];
  const path = resolveBeside(configPath, world.platform, file);
  const reading = world.readFile(path);
  if (reading.status === 'failed') {
    return [fault(['mail', 'smtp', 'ca_file'], `${quoteValue(path)} cannot be read: ${reading.reason}`)];
  }
  if (reading.text.includes('-----BEGIN CERTIFICATE-----')) return [];
  const message = `${quoteValue(path)} holds no certificate; expected PEM text with BEGIN CERTIFICATE`;
  return [fault(['mail', 'smtp', 'ca_file'], message)];
}
