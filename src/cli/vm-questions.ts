import { type Command, InvalidArgumentError, Option } from 'commander';
import { DAY_MS, parseDuration } from '../core/units.ts';
import type { VmRequest } from './ask-vm.ts';
import type { CommandTable } from './command-table.ts';

type Commands = Pick<CommandTable, 'program' | 'io' | 'done' | 'configOption'>;

interface VmFlags {
  readonly config?: string;
  readonly vm: string;
  readonly fromFile?: string;
  readonly json?: true;
}

/** `preflight` and `postflight`: the questions that patch automation asks about one VM. */
export function addVmQuestions(commands: Commands): void {
  addPreflight(commands);
  addPostflight(commands);
}

function addPreflight({ program, io, done, configOption }: Commands): void {
  const command = program
    .command('preflight')
    .description(
      'say whether a checkpoint of a VM may be taken now, and take none; exit code 0 yes, 4 no, 1 not known',
    );
  addVmOptions(command, configOption)
    .option(
      '--accept-unknown',
      'what is not known counts as a caution, such as the free space of a share; the lists of checkpoints and disks must be known',
    )
    .action(async (flags: VmFlags & { acceptUnknown?: true }) => {
      const { preflight } = await import('./preflight.ts');
      done(await preflight({ ...requestOf(flags), acceptUnknown: flags.acceptUnknown ?? false }, io));
    });
}

function addPostflight({ program, io, done, configOption }: Commands): void {
  const command = program
    .command('postflight')
    .description(
      'say whether a checkpoint of a VM is gone and merged, and delete none; exit code 0 yes, 4 not yet, 1 not known',
    );
  addVmOptions(command, configOption)
    .option('--checkpoint <name>', 'its exact name or id; without it all ordinary ones must be gone', exact)
    .addOption(
      new Option('--wait <time>', 'read again every 15 s until the answer is yes, for so long (5m, 2h)')
        .argParser(waitTime)
        .conflicts('fromFile'),
    )
    .action(async (flags: VmFlags & { checkpoint?: string; wait?: number }) => {
      const { postflight } = await import('./postflight.ts');
      const { checkpoint = null, wait = 0 } = flags;
      done(await postflight({ ...requestOf(flags), checkpoint, waitMs: wait }, io));
    });
}

function addVmOptions(command: Command, configOption: () => Option): Command {
  return command
    .requiredOption('--vm <name>', 'the exact name or id of the VM; no wildcards', exact)
    .addOption(configOption())
    .option('--from-file <report>', 'ask a report that "capture" wrote instead of reading the host')
    .option('--json', 'as JSON');
}

function requestOf({ config, vm, fromFile, json }: VmFlags): VmRequest {
  return { config: config ?? null, vm, fromFile: fromFile ?? null, json: json ?? false };
}

function exact(text: string): string {
  if (text.trim() !== '') return text;
  throw new InvalidArgumentError('Expected a name or an id.');
}

const LONGEST_WAIT_MS = DAY_MS;

function waitTime(text: string): number {
  const ms = parseDuration(text);
  if (ms !== null && ms <= LONGEST_WAIT_MS) return ms;
  throw new InvalidArgumentError('Expected a time such as 30s, 5m or 2h, 1d at most.');
}
