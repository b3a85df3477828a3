/** What codes of the operating system mean to people, said of a file or folder; no full stop. */
const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'a part of its path is a file, not a folder',
  EISDIR: 'it is a folder',
  EEXIST: 'a file of that name is there',
  EACCES: 'access denied',
  EPERM: 'access denied',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EBUSY: 'another program keeps it open',
  EIO: 'the disk reported an error',
  ENAMETOOLONG: 'the path is too long',
  EMFILE: 'too many files are open',
};

/** The code of an error that the operating system raised, such as `ENOENT`; `null` for any other error. */
export function systemCode(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

/** Says in words why a file or folder could not be used; what has no words speaks for itself. */
export function systemErrorText(error: unknown): string {
  const words = WORDS[systemCode(error) ?? ''];
  if (words !== undefined) return words;
  if (!(error instanceof Error)) return String(error);
  // Behind its reason Node.js names the call and the path, which whoever shows this names better.
  return 'syscall' in error ? error.message.replace(/, [a-z]+( '.*)?$/s, '') : error.message;
}
