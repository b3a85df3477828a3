import { type LoadedConfig, readTextFile } from '../../config/load.ts';
import { readEnv, resolveBeside } from '../../config/world.ts';
import type { CliIo } from '../io.ts';
import type { KnownSecret } from './scrub.ts';

/**
 * The secrets that the configuration leads to. One that is wrong leads to some all the same: they are looked for in its
 * text, for a log of better days may hold them.
 */
export function knownSecrets(loaded: LoadedConfig, { env, platform }: CliIo): readonly KnownSecret[] {
  if (loaded.ok) {
    const smtp = loaded.config.mail?.smtp;
    return smtp?.password == null ? [] : [{ user: smtp.user, value: smtp.password.reveal() }];
  }
  const file = readTextFile(loaded.path);
  if (file.status === 'failed') return [];
  const user = written(file.text, 'user')[0] ?? null;
  const fromFiles = written(file.text, 'password_file').flatMap((path) => {
    const found = readTextFile(resolveBeside(loaded.path, platform, path));
    return found.status === 'read' ? [found.text.replace(/^\ufeff/, '').replace(/\r?\n$/, '')] : [];
  });
  const fromEnv = written(file.text, 'password_env').flatMap(
    (name) => readEnv({ env, platform }, name) ?? [],
  );
  // Where people put it by mistake.
  const inPlace = ['password', 'pass', 'password_env'].flatMap((key) => written(file.text, key));
  return [...fromFiles, ...fromEnv, ...inPlace]
    .filter((value) => value !== '')
    .map((value) => ({ user, value }));
}

/** The values of a key, as far as they stand on its line. */
function written(yaml: string, key: string): readonly string[] {
  const found = yaml.matchAll(
    new RegExp(`(?:^|[\\s{,])${key}\\s*:\\s*("[^"\\n]*"|'[^'\\n]*'|[^\\s,}#][^,}#\\n]*)`, 'gm'),
  );
  return [...found].map(([, value = '']) => value.trim().replace(/^(["'])(.*)\1$/, '$2'));
}
