import { InvalidArgumentError, Option } from 'commander';
import { HOUR_MS, parseDuration, SECOND_MS } from '../core/units.ts';
import type { CommandTable } from './command-table.ts';
import { nameOption } from './service-command.ts';

interface DoctorFlags {
  readonly config?: string;
  readonly stateDir?: string;
  readonly name: string;
  readonly timeout?: number;
  readonly json?: true;
}

/** `doctor`: what keeps the agent from working. */
export function addDoctor({ program, io, done, configOption, stateDirOption }: CommandTable): void {
  program
    .command('doctor')
    .description(
      'check everything that keeps the agent from working, change nothing, and say how to mend it; exit code 0 nothing but ok and warnings, 1 otherwise',
    )
    .addOption(configOption())
    .addOption(stateDirOption())
    .addOption(nameOption())
    .addOption(timeoutOption())
    .option('--json', 'as JSON')
    .action(async (flags: DoctorFlags) => {
      const { doctor } = await import('./doctor/doctor.ts');
      const { config = null, stateDir = null, name: service, timeout = null, json = false } = flags;
      done(await doctor({ config, stateDir, service, timeoutMs: timeout, json }, io));
    });
}

export const timeoutOption = () =>
  new Option(
    '--timeout <time>',
    'how long each check may take at most (default: 30s; to read the host, collector.timeout)',
  ).argParser(checkTime);

function checkTime(text: string): number {
  const ms = parseDuration(text);
  if (ms !== null && ms >= SECOND_MS && ms <= HOUR_MS) return ms;
  throw new InvalidArgumentError('Expected a time such as 30s or 2m, from 1s to 1h.');
}
