import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Node } from 'web-tree-sitter';
import {
  type Allowed,
  checkPowerShell,
  commandName,
  functionNames,
  nodesOf,
  parsePowerShell,
} from '../powershell-check.ts';
import { setupFiles } from './machine.ts';

const SERVICE = join(import.meta.dirname, '..', '..', 'service');

/**
 * What the scripts of the setup may do, written down. Whoever adds a line here says that Windows PowerShell 5.1 knows it,
 * and that it touches neither a VM nor a checkpoint.
 */
const COMMANDS: Allowed['commands'] = {
  'Add-LocalGroupMember': ['-SID', '-Member'],
  'Copy-Item': ['-LiteralPath', '-Destination'],
  'ForEach-Object': [],
  'Get-Acl': ['-LiteralPath'],
  'Get-ChildItem': ['-LiteralPath', '-Recurse', '-File', '-Directory', '-Name', '-Force'],
  'Get-Content': ['-LiteralPath', '-TotalCount'],
  'Get-FileHash': ['-LiteralPath', '-Algorithm'],
  'Get-Item': ['-LiteralPath', '-Force'],
  'Get-LocalGroup': ['-SID'],
  'Get-LocalGroupMember': ['-SID'],
  'Get-NetFirewallAddressFilter': [],
  'Get-NetFirewallApplicationFilter': [],
  'Get-NetFirewallPortFilter': [],
  'Get-NetFirewallRule': ['-Name', '-ErrorAction'],
  'Get-NetTCPConnection': ['-State', '-LocalPort'],
  'Get-Process': ['-Id'],
  'Get-Service': ['-Name', '-ErrorAction'],
  'Move-Item': ['-LiteralPath', '-Destination'],
  'New-Item': ['-ItemType', '-Path', '-Force'],
  'New-ItemProperty': ['-LiteralPath', '-Name', '-PropertyType', '-Value', '-Force'],
  'New-NetFirewallRule': [
    ...[
      '-Name',
      '-DisplayName',
      '-Description',
      '-Direction',
      '-Action',
      '-Protocol',
      '-LocalPort',
      '-Program',
    ],
    '-RemoteAddress',
  ],
  'New-Object': [],
  'Remove-Item': ['-LiteralPath', '-Recurse', '-Force'],
  'Remove-LocalGroupMember': ['-SID', '-Member'],
  'Remove-NetFirewallRule': ['-Name'],
  'Rename-Item': ['-LiteralPath', '-NewName'],
  'Select-Object': ['-First', '-Last'],
  'Set-Acl': ['-LiteralPath', '-AclObject'],
  'Set-Content': ['-LiteralPath', '-Value', '-Encoding', '-NoNewline'],
  'Set-Location': ['-LiteralPath'],
  'Set-NetFirewallRule': ['-Name', '-Enabled', '-Program', '-Protocol', '-LocalPort', '-RemoteAddress'],
  'Set-StrictMode': ['-Version'],
  'Sort-Object': ['-Property'],
  'Split-Path': ['-Parent', '-Leaf'],
  'Start-Sleep': ['-Seconds'],
  'Test-Path': ['-LiteralPath', '-PathType'],
  'Unblock-File': [],
  'Wait-Process': ['-Id', '-ErrorAction'],
  'Where-Object': [],
  'Write-Information': ['-MessageData', '-InformationAction'],
  'Write-Output': [],
};

const SETUP: Allowed = {
  commands: COMMANDS,
  objects: [
    'Diagnostics.ProcessStartInfo',
    'IO.DriveInfo',
    'Net.IPEndPoint',
    'Net.Sockets.Socket',
    'Security.AccessControl.DirectorySecurity',
    'Security.Principal.SecurityIdentifier',
    'Security.Principal.WindowsPrincipal',
    'System.Collections.ArrayList',
  ],
  types: [
    ...[
      '[Array]',
      '[BitConverter]',
      '[Convert]',
      '[Math]',
      '[StringComparison]',
      '[Text.Encoding]',
      '[Version]',
    ],
    ...[
      '[bool]',
      '[byte[]]',
      '[int[]]',
      '[int]',
      '[long]',
      '[ref]',
      '[regex]',
      '[scriptblock]',
      '[string[]]',
    ],
    ...['[string]', '[switch]', '[void]'],
    // What the machine and this process are.
    ...['[Diagnostics.Process]', '[Diagnostics.Stopwatch]', '[Environment]', '[EnvironmentVariableTarget]'],
    ...[
      '[Security.Principal.SecurityIdentifier]',
      '[Security.Principal.WindowsIdentity]',
      '[Net.IPAddress]',
      '[Net.WebRequest]',
    ],
    ...['[Net.Sockets.ProtocolType]', '[Net.Sockets.SocketType]'],
    // Files, permissions, registry.
    ...['[IO.Directory]', '[IO.FileAttributes]', '[IO.FileSystemAclExtensions]'],
    ...['[Microsoft.Win32.RegistryValueOptions]', '[Security.AccessControl.AccessControlSections]'],
    // What Windows makes the SID of a service with.
    '[Security.Cryptography.SHA1]',
  ],
  methods: [
    ...[
      'Add',
      'Ceiling',
      'Clear',
      'CompareOrdinal',
      'CompareTo',
      'Contains',
      'ContainsKey',
      'Create',
      'Insert',
    ],
    ...['LastIndexOf', 'Match', 'Matches', 'PadRight', 'Remove', 'Replace', 'Reverse', 'Split', 'StartsWith'],
    ...['Substring', 'ToString', 'ToUInt32', 'ToUpperInvariant', 'Trim', 'TrimEnd', 'TrimStart', 'TryParse'],
    ...[
      'ComputeHash',
      'GetBaseException',
      'GetBytes',
      'GetCurrent',
      'GetTimestamp',
      'IsInRole',
      'ShouldProcess',
    ],
    // Of a program that is run, a port that is tried, an agent that is asked.
    ...['Bind', 'Kill', 'ReadToEndAsync', 'Start', 'WaitForExit', 'Stop', 'GetResponse', 'Close'],
    // Of registry, permissions, folders and environment.
    ...[
      'GetValue',
      'GetValueNames',
      'GetSubKeyNames',
      'OpenSubKey',
      'GetOwner',
      'SetSecurityDescriptorSddlForm',
      'CreateDirectory',
      'Delete',
      'Exists',
      'Move',
    ],
    'SetEnvironmentVariable',
  ],
  invoked: ['. "$PSScriptRoot\\setup\\$part.ps1"', '& $change', '& $isSo', '& $rename', '& $step.undo'],
  assignment: () => null,
};

/** What the script does that Windows Installer runs as SYSTEM, besides what the scripts and functions do that it calls. */
const FOR_WINDOWS_INSTALLER: Allowed = {
  commands: {
    'ForEach-Object': [],
    'Select-Object': ['-Skip'],
    'Set-StrictMode': ['-Version'],
    'Sort-Object': [],
    'Test-Path': ['-LiteralPath'],
    'Where-Object': [],
  },
  objects: [],
  types: ['[DateTime]', '[IO.File]', '[char[]]', '[string]'],
  methods: ['AppendAllText', 'Split', 'ToString', 'TrimEnd'],
  invoked: ['. "$PSScriptRoot\\setup\\$part.ps1"', '& "$PSScriptRoot\\$script"'],
  // All that is said goes into the log.
  redirections: ['*>&1'],
  assignment: () => null,
};

export function readScript(name: string): string {
  return readFileSync(join(SERVICE, name), 'utf8');
}

/** What is wrong with a file of the setup. */
export async function checkSetup(name: string): Promise<readonly string[]> {
  const allowed = name === 'msi.ps1' ? FOR_WINDOWS_INSTALLER : SETUP;
  return checkPowerShell(readScript(name), allowed, [...(await setupFunctions()).keys()]);
}

/** What one line of a script would be told. */
export async function checkSetupText(text: string): Promise<readonly string[]> {
  return checkPowerShell(text, SETUP);
}

/** The commands of Windows that a script can come to use, by way of the functions it calls. */
export async function commandsOf(script: string): Promise<readonly string[]> {
  const own = await parsePowerShell(readScript(script));
  const functions = new Map([...(await setupFunctions()), ...definitions(own)]);
  const found = new Set<string>();
  const visited = new Set<string>();
  const parts = await Promise.all(setupFiles().map((name) => parsePowerShell(readScript(name))));
  // What runs when the script is started, and when the parts are loaded; all else is in functions.
  const open = [own, ...parts].flatMap(callsOutsideFunctions);
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const body = functions.get(name);
    if (body === undefined) found.add(name);
    else if (!visited.has(name)) {
      visited.add(name);
      open.push(...callsIn(body));
    }
  }
  return [...found].sort();
}

/** The functions of a file with their parameters, as they are written. */
export async function signaturesOf(source: string): Promise<readonly string[]> {
  const made = definitions(await parsePowerShell(source));
  return [...made].map(([name, node]) => {
    const [parameters] = nodesOf(node, 'function_parameter_declaration');
    return `${name}${parameters?.text ?? '()'}`;
  });
}

async function setupFunctions(): Promise<ReadonlyMap<string, Node>> {
  const trees = await Promise.all(setupFiles().map((name) => parsePowerShell(readScript(name))));
  return new Map(trees.flatMap((tree) => [...definitions(tree)]));
}

function definitions(root: Node): ReadonlyMap<string, Node> {
  return new Map(nodesOf(root, 'function_statement').map((node) => [functionNames(node)[0] ?? '', node]));
}

function callsIn(node: Node): readonly string[] {
  return nodesOf(node, 'command').flatMap((command) => commandName(command) ?? []);
}

function callsOutsideFunctions(root: Node): readonly string[] {
  const inside = nodesOf(root, 'function_statement').flatMap((node) => nodesOf(node, 'command'));
  const ids = new Set(inside.map(({ id }) => id));
  return nodesOf(root, 'command')
    .filter(({ id }) => !ids.has(id))
    .flatMap((command) => commandName(command) ?? []);
}
