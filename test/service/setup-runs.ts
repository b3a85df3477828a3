import type { Machine, Ran } from './machine.ts';

export const NAME = 'hyperv-checkpoint-agent';
export const PROGRAM = `C:\\Program Files\\${NAME}`;
export const DATA = `C:\\ProgramData\\${NAME}`;
const SERVICE_KEY = `SYSTEM\\CurrentControlSet\\Services\\${NAME}`;

/** A run as people and the machine saw it. */
export function show(command: string, { out, code, changes }: Ran): string {
  const told =
    changes.length === 0
      ? 'no change'
      : `changes\n${changes.map((line) => `  ${line}\n`).join('')}`.trimEnd();
  return `PS> ${command}\n${out.trimEnd()}\n\nexit code ${code}\n${told}\n`;
}

/** What is left on a machine: files of program and data, service, registry, groups, firewall. */
export function left(machine: Machine): string {
  const { services, registry, groups, firewall } = machine.state;
  const files = (folder: string): string =>
    machine
      .tree(folder)
      .map((line) => `  ${line}\n`)
      .join('');
  const service = registry[SERVICE_KEY];
  const members = Object.values(groups).map(
    (group) => `  ${group.name}: ${group.members.join(', ') || '(nobody)'}\n`,
  );
  const path = registry['SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment']?.Path;
  return [
    `Program Files\n${files('C:\\Program Files')}`,
    `ProgramData\n${files('C:\\ProgramData')}`,
    service === undefined ? 'no service\n' : `service ${services[NAME]} as ${service.ObjectName}\n`,
    `groups\n${members.join('')}`,
    `PATH ${path}\n`,
    `firewall rules ${Object.keys(firewall).join(', ') || '(none)'}\n`,
  ].join('');
}

/** A machine on which a version runs already, as its own installer left it. */
export async function installed(
  machine: Machine,
  version: string,
  ...args: readonly string[]
): Promise<void> {
  const folder = machine.unpack(version);
  const ran = await machine.run(`${folder}\\install.ps1`, ...args);
  if (ran.code !== 0) throw new Error(ran.out);
}
