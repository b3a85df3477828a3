import type { Command } from 'commander';
import { CHECK_HELP } from './check-help.ts';
import { buildProgram } from './index.ts';
import type { CliIo } from './io.ts';
import { placesTable } from './places.ts';

const EXIT_CODES = `| code | means |
| --- | --- |
| 0 | done |
| 1 | failed: a host was not read, a file could not be written, the agent could not start; \`preflight\`, \`postflight\`: not known; \`doctor\`: something must be mended, or is not known |
| 2 | unknown command or option; \`service install\`, \`service uninstall\`: refused, nothing was changed |
| 3 | \`service install\`, \`service uninstall\`: done, but something is left to do; \`service status\`: it does not run, or is not there |
| 4 | \`scan --fail-on\` found something that severe; \`preflight\`: no; \`postflight\`: not yet |
| 78 | the configuration is wrong |

\`check\` ends with 0, 1, 2 or 3 only, as Nagios plugins do; wrong usage is 3 there.`;

const PLACES_NOTE = `The configuration is looked for there when no \`--config\` is given; without one the defaults hold. On Linux
\`XDG_CONFIG_HOME\` and \`XDG_STATE_HOME\` come first when they are absolute paths. \`checkpoint-agent run --help\` says where
they are on the machine it runs on.`;

/** docs/cli.md, made from the command table. */
export function cliPage(): string {
  const program = buildProgram(SILENT, () => {});
  return [
    '# Commands',
    '',
    '<!-- Generated from src/cli/index.ts by "npm run golden". Do not edit. -->',
    '',
    'Installed it is `checkpoint-agent COMMAND`, in a checkout `npm run -s agent -- COMMAND`.',
    '',
    '## Exit codes',
    '',
    EXIT_CODES,
    '',
    '## Default places',
    '',
    placesTable(),
    '',
    PLACES_NOTE,
    '',
    ...leaves(program).flatMap(describe),
  ].join('\n');
}

/** Commands that do something, in their order; groups are only a part of their names. */
function leaves(command: Command): readonly Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);
}

function describe(command: Command): readonly string[] {
  const parent = command.parent?.parent == null ? '' : `${command.parent.name()} `;
  const name = `${parent}${command.name()}`;
  if (name === 'check') return [`## ${name}`, '', '```', CHECK_HELP.trimEnd(), '```', ''];
  const options = command.options.map(({ flags, description, defaultValue }) => {
    const isShown = typeof defaultValue === 'string' || typeof defaultValue === 'number';
    return `| \`${flags}\` | ${description}${isShown ? ` (default: ${defaultValue})` : ''} |`;
  });
  const table = options.length === 0 ? [] : ['| option | |', '| --- | --- |', ...options, ''];
  return [
    `## ${name}`,
    '',
    `\`checkpoint-agent ${name} ${command.usage()}\``,
    '',
    `${sentence(command.description())}`,
    '',
    ...table,
  ];
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

const silentStream = { write: () => {}, isTTY: false, columns: null };
const SILENT: CliIo = { stdout: silentStream, stderr: silentStream, env: {}, platform: 'linux', cwd: '/' };
