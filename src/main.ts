#!/usr/bin/env node
import type { CliIo, CliStream } from './cli/io.ts';

/** Only what a command needs is loaded: a monitoring server starts `check` every minute. */
async function main(argv: readonly string[], io: CliIo): Promise<number> {
  const [command, ...rest] = argv;
  if (command === 'check') {
    const { check } = await import('./cli/check.ts');
    return check(rest, io);
  }
  const { runCommand } = await import('./cli/index.ts');
  return runCommand(argv, io);
}

function stream(target: NodeJS.WriteStream): CliStream {
  // A reader that went away (`| head`) is no error of ours.
  target.on('error', () => {});
  return {
    write: (text) => void target.write(text),
    isTTY: target.isTTY === true,
    columns: target.isTTY ? target.columns : null,
  };
}

process.exitCode = await main(process.argv.slice(2), {
  stdout: stream(process.stdout),
  stderr: stream(process.stderr),
  env: process.env,
  platform: process.platform,
  cwd: process.cwd(),
});
