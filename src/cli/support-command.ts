import { Option } from 'commander';
import type { CommandTable } from './command-table.ts';
import { timeoutOption } from './doctor-command.ts';
import { nameOption } from './service-command.ts';

interface SupportFlags {
  readonly config?: string;
  readonly stateDir?: string;
  readonly name: string;
  readonly timeout?: number;
  readonly live?: true;
  readonly anonymise?: true;
  readonly withMails?: true;
  readonly force?: true;
}

/** `support-bundle`: what somebody needs who is to help from afar. */
export function addSupportBundle({ program, io, done, configOption, stateDirOption }: CommandTable): void {
  program
    .command('support-bundle')
    .description(
      'put configuration, last report, logs and what "doctor" says into a ZIP file, without secrets; look inside before you send it',
    )
    .argument('<file>', 'where to write it, such as bundle.zip')
    .addOption(configOption())
    .addOption(stateDirOption())
    .addOption(nameOption())
    .option('--live', 'with the report of a reading made now instead of the last one that was kept')
    .addOption(
      new Option(
        '--anonymise',
        'replace names, notes and paths consistently, and leave lines of logs out',
      ).conflicts('withMails'),
    )
    .option('--with-mails', 'with the texts of the newest mails')
    .addOption(timeoutOption())
    .option('--force', 'replace an existing file')
    .action(async (file: string, flags: SupportFlags) => {
      const { supportBundle } = await import('./support/support-bundle.ts');
      const { config = null, stateDir = null, name: service, timeout: timeoutMs = null } = flags;
      const { live = false, anonymise = false, withMails = false, force = false } = flags;
      const places = { file, config, stateDir, service, timeoutMs };
      done(await supportBundle({ ...places, live, anonymise, withMails, force }, io));
    });
}
