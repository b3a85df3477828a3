import { exitCode, unknownResult } from '../core/nagios/result.ts';
import { EXIT_CODES } from '../core/nagios/status.ts';
import { renderCheck } from '../core/render/nagios.ts';
import { askAgent } from './ask-agent.ts';
import { parseCheckArgs } from './check-args.ts';
import { CHECK_HELP } from './check-help.ts';
import type { CliIo } from './io.ts';

/**
 * A plugin for Nagios and its like: asks the running agent and ends with 0, 1, 2 or 3, and never with anything else.
 * All that a monitoring server must see goes to stdout. Help, version and wrong usage are UNKNOWN (3) by the plugins'
 * guidelines.
 *
 * A server starts this every minute, so only what it needs is loaded: no fetch, no validation library.
 */
export async function check(argv: readonly string[], io: CliIo): Promise<number> {
  try {
    return await run(argv, io);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return unknown(io, `the check itself failed: ${text}`);
  }
}

async function run(argv: readonly string[], io: CliIo): Promise<number> {
  const command = parseCheckArgs(argv, io.env.CHECKPOINT_AGENT_URL);
  switch (command.type) {
    case 'help':
      io.stdout.write(CHECK_HELP);
      return EXIT_CODES.UNKNOWN;
    case 'version': {
      const { VERSION } = await import('../version.ts');
      io.stdout.write(`checkpoint-agent ${VERSION}\n`);
      return EXIT_CODES.UNKNOWN;
    }
    case 'wrong':
      return unknown(io, command.problem, ['See checkpoint-agent check --help.']);
    case 'check': {
      command.url.search = command.query.toString();
      const reply = await askAgent(command.url, command.timeoutMs);
      if (!reply.ok) return unknown(io, reply.problem, reply.advice, reply.short);
      io.stdout.write(reply.text);
      return reply.exitCode;
    }
  }
}

function unknown(io: CliIo, problem: string, advice: readonly string[] = [], short = problem): number {
  const result = unknownResult(problem, advice, short);
  io.stdout.write(renderCheck(result));
  return exitCode(result);
}
