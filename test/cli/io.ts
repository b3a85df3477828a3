import type { CliIo } from '../../src/cli/io.ts';

/** A process to run a command in, with what it printed. */
export function fakeIo(more: Partial<Pick<CliIo, 'env' | 'platform' | 'cwd'>> = {}) {
  const printed = { out: '', err: '' };
  const io: CliIo = {
    stdout: { write: (text) => (printed.out += text), isTTY: false, columns: null },
    stderr: { write: (text) => (printed.err += text), isTTY: false, columns: null },
    env: {},
    platform: process.platform,
    cwd: process.cwd(),
    ...more,
  };
  return { io, printed };
}
