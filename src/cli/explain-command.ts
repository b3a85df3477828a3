import { InvalidArgumentError, Option } from 'commander';
import type { CommandTable } from './command-table.ts';

type Commands = Pick<CommandTable, 'program' | 'io' | 'done'>;

interface ExplainFlags {
  readonly config?: string;
  readonly url?: string;
  readonly live?: true;
  readonly fromFile?: string;
}

/** `explain`: why something was or was not flagged. */
export function addExplain({ program, io, done }: Commands): void {
  program
    .command('explain')
    .description(
      'say why something was or was not flagged, by which line of the configuration, and what would silence it',
    )
    .argument('<what>', 'a VM (* and ?), a checkpoint, the id of a finding, or a host', nameOf)
    .addOption(
      new Option(
        '--url <address>',
        'ask this agent (default: CHECKPOINT_AGENT_URL, else http://127.0.0.1:9753)',
      ).conflicts(['live', 'fromFile', 'config']),
    )
    .addOption(new Option('--live', 'read the host now instead of asking the agent').conflicts(['fromFile']))
    .option('--from-file <report>', 'explain a report that "capture" wrote')
    .option(
      '-c, --config <file>',
      'by this configuration: the host is read, or the report, and no agent is asked',
    )
    .action(async (what: string, flags: ExplainFlags) => {
      const { explain } = await import('./explain.ts');
      const { config = null, url = null, live = false, fromFile = null } = flags;
      done(await explain({ what, config, url, isLive: live, fromFile }, io));
    });
}

/** As `MAX_WHAT_LENGTH` has it; the command table loads nothing that a command needs. */
const LONGEST_NAME = 512;

function nameOf(text: string): string {
  if (text.trim() !== '' && text.length <= LONGEST_NAME) return text;
  throw new InvalidArgumentError(`Expected a name or an id of ${LONGEST_NAME} characters at most.`);
}
